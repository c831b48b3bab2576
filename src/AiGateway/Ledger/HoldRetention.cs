using System.Data.Common;
using AiGateway.Storage;
using Microsoft.Extensions.Logging;

namespace AiGateway.Ledger;

/// <summary>
/// Takes closed holds away when no late message about them is to be expected any more; the ledger's rows keep their ids. It walks the table along its key in
/// small steps, because an index on the closing time would be one more tree to write at every settle.
/// </summary>
internal sealed class HoldRetention(Connections database, Leases leases, TimeProvider time, ILogger<HoldRetention> log)
{
    /// <summary>How long a settle, a release or a correction may come late.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    public static readonly TimeSpan Step = TimeSpan.FromHours(1);

    // The ledger's writer waits for a deletion of so many rows, a few milliseconds.
    internal const int LookedAtAtOnce = 500;

    private const string LeaseName = "hold-retention";

    private static readonly TimeSpan Term = TimeSpan.FromHours(3);

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Step, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            try
            {
                if (await leases.TakeAsync(LeaseName, Term, stop))
                    await PurgeAsync(stop);
            }
            catch (DbException failed)
            {
                log.LogWarning(failed, "Old holds could not be taken away; the next step tries again");
            }
        }
    }

    /// <returns>How many holds went.</returns>
    internal async Task<int> PurgeAsync(CancellationToken stop)
    {
        var until = time.GetUtcNow().ToUnixTimeMilliseconds() - KeptFor.Ticks / TimeSpan.TicksPerMillisecond;
        await using var connection = await database.OpenAsync(stop);
        var gone = 0;
        for (long? account = await NextAccountAsync(connection, 0, stop); account is { } id; account = await NextAccountAsync(connection, id, stop))
            gone += await PurgeAsync(connection, id, until, stop);
        if (gone > 0)
            log.LogInformation("{Count} holds that were closed more than {Days} days ago were taken away", gone, KeptFor.Days);
        return gone;
    }

    private static async Task<int> PurgeAsync(DbConnection connection, long account, long until, CancellationToken stop)
    {
        var gone = 0;
        for (var after = ""; ;)
        {
            var (last, old, seen) = await LookAsync(connection, account, after, until, stop);
            if (old > 0)
                gone += await DeleteAsync(connection, account, after, last, until, stop);
            if (seen < LookedAtAtOnce)
                return gone;
            after = last;
        }
    }

    private static async Task<long?> NextAccountAsync(DbConnection connection, long after, CancellationToken stop)
    {
        await using var command = connection.Statement("SELECT min(id) FROM accounts WHERE id > @after", ("@after", after));
        return await command.ExecuteScalarAsync(stop) is long id ? id : null;
    }

    /// <returns>The last request id of the step, how many of its holds are old, and how many it saw.</returns>
    private static async Task<(string Last, int Old, int Seen)> LookAsync(DbConnection connection, long account, string after, long until, CancellationToken stop)
    {
        await using var command = connection.Statement(
            "SELECT request_id, state, closed_at FROM token_holds WHERE account_id = @account AND request_id > @after ORDER BY request_id", ("@account", account), ("@after", after));
        var seen = await command.FirstAsync(LookedAtAtOnce, row => (Id: row.GetString(0), State: row.GetInt32(1), ClosedAt: row.GetInt64(2)), stop);
        return (seen.Count == 0 ? after : seen[^1].Id, seen.Count(hold => hold.State >= (int)HoldState.Settled && hold.ClosedAt <= until), seen.Count);
    }

    private static async Task<int> DeleteAsync(DbConnection connection, long account, string after, string last, long until, CancellationToken stop)
    {
        await using var command = connection.Statement(
            "DELETE FROM token_holds WHERE account_id = @account AND request_id > @after AND request_id <= @last AND state >= 2 AND closed_at <= @until",
            ("@account", account), ("@after", after), ("@last", last), ("@until", until));
        return await command.ExecuteNonQueryAsync(stop);
    }
}
