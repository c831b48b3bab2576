using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using AiGateway.Storage;

namespace AiGateway.Accounts;

/// <param name="Caller">Null: the credential is no good, and <paramref name="Why"/> says so in words that are safe to show.</param>
internal readonly record struct KeyAnswer(Caller? Caller, string Why);

/// <summary>The database of keys cannot be reached: nobody can be identified.</summary>
internal sealed class KeysUnavailableException(Exception inner) : Exception("The list of keys is unavailable.", inner);

/// <summary>
/// Checks keys. What was found is remembered for as long as the list's version, watched twice a second, stays the same:
/// so a revocation on any node is in force on every node within a second.
/// </summary>
internal sealed class KeyRing(Connections database, KeyListVersion version, TimeProvider time)
{
    /// <summary>Remembered keys, unknown ones included; beyond it the memory starts anew.</summary>
    private const int MaxRemembered = 100_000;

    private sealed record StoredKey(KeyKind Kind, string? UserId, byte[] SecretHash, long? ExpiresAt, long? RevokedAt, IReadOnlyList<string> Models);

    private readonly ConcurrentDictionary<string, (long Version, StoredKey? Key)> _remembered = new(StringComparer.Ordinal);
    private long _rememberedVersion = -1;

    /// <exception cref="KeysUnavailableException"/>
    public async Task<KeyAnswer> CheckAsync(string credential, CancellationToken cancel)
    {
        if (ApiKey.Parse(credential) is not { } key)
            return new KeyAnswer(null, "The API key is not one of this gateway's.");
        var stored = await FindAsync(key.Id, cancel);
        var matches = CryptographicOperations.FixedTimeEquals(ApiKey.HashOf(key.Secret), stored?.SecretHash ?? new byte[SHA256.HashSizeInBytes]);
        if (stored is null || !matches || stored.Kind != key.Kind)
            return new KeyAnswer(null, "The API key is wrong.");
        if (stored.RevokedAt <= Now)
            return new KeyAnswer(null, "The API key was revoked.");
        if (stored.ExpiresAt <= Now)
            return new KeyAnswer(null, "The API key has expired.");
        return new KeyAnswer(new Caller(stored.Kind, stored.UserId, key.Id) { Models = stored.Models }, "");
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async ValueTask<StoredKey?> FindAsync(string id, CancellationToken cancel)
    {
        if (!version.IsFresh)
            return await LoadAsync(id, cancel);
        if (Interlocked.Exchange(ref _rememberedVersion, version.Current) != version.Current || _remembered.Count > MaxRemembered)
            _remembered.Clear();
        var now = version.Current;
        if (_remembered.TryGetValue(id, out var known) && known.Version == now)
            return known.Key;
        var loaded = await LoadAsync(id, cancel);
        // Under the version that was in force before the look: a change in between makes it worthless, not wrong.
        _remembered[id] = (now, loaded);
        return loaded;
    }

    private async Task<StoredKey?> LoadAsync(string id, CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancel);
            await using var command = connection.Statement(
                "SELECT kind, user_id, secret_hash, expires_at, revoked_at, models FROM api_keys WHERE id = @id", ("@id", id));
            await using var reader = await command.ExecuteReaderAsync(cancel);
            if (!await reader.ReadAsync(cancel))
                return null;
            return new StoredKey(
                (KeyKind)reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1), (byte[])reader.GetValue(2),
                reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetInt64(4), KeyStore.Models(reader.IsDBNull(5) ? null : reader.GetString(5)));
        }
        catch (DbException error)
        {
            throw new KeysUnavailableException(error);
        }
    }
}
