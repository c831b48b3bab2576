using System.Data.Common;
using AiGateway.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Accounts;

/// <summary>
/// The version of the list of keys and of suspended accounts, watched in the database.
/// Every change raises it in the same transaction; what was remembered under an older one is forgotten.
/// </summary>
internal sealed class KeyListVersion(Connections database, TimeProvider time, ILogger<KeyListVersion> log) : BackgroundService
{
    public const string StateName = "key_list_version";

    /// <summary>A statement for the changing transaction.</summary>
    public const string RaiseSql = "UPDATE gateway_state SET value = value + 1 WHERE name = 'key_list_version'";

    private static readonly TimeSpan WatchEvery = TimeSpan.FromMilliseconds(400);

    /// <summary>Without a look at the database for so long, nothing remembered is trusted.</summary>
    private static readonly TimeSpan TrustFor = TimeSpan.FromMilliseconds(900);

    private long _current = -1;
    private long _checkedAt = long.MinValue;

    public long Current => Interlocked.Read(ref _current);

    public bool IsFresh
    {
        get
        {
            var at = Interlocked.Read(ref _checkedAt);
            return at != long.MinValue && time.GetElapsedTime(at) < TrustFor;
        }
    }

    /// <summary>After a change made here: in force on this node at once.</summary>
    public async Task LookAsync(CancellationToken cancel)
    {
        var before = time.GetTimestamp();
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("SELECT value FROM gateway_state WHERE name = @name", ("@name", StateName));
        var value = Convert.ToInt64(await command.ExecuteScalarAsync(cancel), System.Globalization.CultureInfo.InvariantCulture);
        Interlocked.Exchange(ref _current, value);
        Interlocked.Exchange(ref _checkedAt, before);
    }

    /// <summary>Tells every node to forget what it remembers, after a change made elsewhere (an account suspended by the ledger).</summary>
    public async Task RaiseAsync(CancellationToken cancel)
    {
        await using (var connection = await database.OpenAsync(cancel))
        {
            await using var command = connection.Statement(RaiseSql);
            if (await command.ExecuteNonQueryAsync(cancel) != 1)
                throw new InvalidOperationException("gateway_state has no key_list_version: the database is not this program's.");
        }
        await LookAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WatchEvery, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                log.LogError(error, "The list of keys could not be checked for changes.");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
