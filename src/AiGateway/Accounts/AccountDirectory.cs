using System.Collections.Concurrent;
using System.Data.Common;
using AiGateway.Storage;

namespace AiGateway.Accounts;

/// <summary>Which accounts are suspended or frozen, for calls that take no hold (a hold asks the ledger itself); and whether one has tokens, for a start.</summary>
internal sealed class AccountDirectory(Connections database, KeyListVersion version)
{
    private const int MaxRemembered = 100_000;

    private readonly ConcurrentDictionary<string, (long Version, bool Is)> _suspended = new(StringComparer.Ordinal);
    private long _rememberedVersion = -1;

    /// <exception cref="KeysUnavailableException"/>
    public async ValueTask<bool> IsSuspendedAsync(string userId, CancellationToken cancel)
    {
        if (!version.IsFresh)
            return await LoadAsync(userId, cancel);
        if (Interlocked.Exchange(ref _rememberedVersion, version.Current) != version.Current || _suspended.Count > MaxRemembered)
            _suspended.Clear();
        var now = version.Current;
        if (_suspended.TryGetValue(userId, out var known) && known.Version == now)
            return known.Is;
        var loaded = await LoadAsync(userId, cancel);
        _suspended[userId] = (now, loaded);
        return loaded;
    }

    /// <returns>False too where nobody has seen this user yet.</returns>
    public async Task<bool> HasTokensAsync(string userId, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("SELECT 1 FROM accounts WHERE user_id = @user AND balance > 0", ("@user", userId));
        return await command.ExecuteScalarAsync(cancel) is not null;
    }

    private async Task<bool> LoadAsync(string userId, CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancel);
            await using var command = connection.Statement("SELECT status FROM accounts WHERE user_id = @user", ("@user", userId));
            return await command.ExecuteScalarAsync(cancel) is { } status && Convert.ToInt32(status, System.Globalization.CultureInfo.InvariantCulture) != 0;
        }
        catch (DbException error)
        {
            throw new KeysUnavailableException(error);
        }
    }
}
