using System.Data.Common;
using AiGateway.Storage;
using Microsoft.Extensions.Logging;

namespace AiGateway.Ledger;

/// <summary>
/// Ends what nobody else ends: holds whose time has run out, lots and periods that are over. It only reads who is concerned;
/// the same moves as everybody's decide, so several sweepers do no harm; a lease lets one of several nodes do it.
/// </summary>
internal sealed class Sweeper(LedgerStore store, LedgerWriter writer, Leases leases, TimeProvider time, ILogger<Sweeper> log)
{
    public const string LeaseName = "sweeper";

    public static readonly TimeSpan Step = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Term = Step + Step + Step;

    // Half a batch of the writer: a backlog after an outage must not keep callers waiting.
    private int AtOnce => writer.BatchCap / 2;

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Step, time);
        do
        {
            try
            {
                if (await leases.TakeAsync(LeaseName, Term, stop))
                    await SweepAsync(stop);
            }
            catch (Exception failed) when (failed is LedgerUnavailableException or StoreUnavailableException or DbException)
            {
                log.LogWarning(failed, "The sweeper cannot reach the ledger; the next step tries again");
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    /// <summary>Lets another node go on at once.</summary>
    public async Task ReleaseAsync(CancellationToken cancel)
    {
        try
        {
            await leases.ReleaseAsync(LeaseName, cancel);
        }
        catch (DbException failed)
        {
            log.LogWarning(failed, "The sweeper's lease could not be given back; it runs out by itself");
        }
    }

    /// <summary>Sweeps until nothing is due.</summary>
    /// <returns>How many holds and accounts were seen to.</returns>
    public async Task<int> SweepAsync(CancellationToken stop)
    {
        for (var done = 0; ;)
        {
            var due = await store.FindDueAsync(time.GetUtcNow().ToUnixTimeMilliseconds(), AtOnce, stop);
            var ended = await Task.WhenAll(
                [.. due.Holds.Select(hold => EndAsync(new HoldId(hold.UserId, hold.RequestId))), .. due.UserIds.Select(RunDueAsync)]);
            done += ended.Count(it => it);
            // Nothing moved: what is left is not for this clock, or cannot be ended.
            if (!ended.Any(it => it))
                return done;
        }
    }

    private async Task<bool> EndAsync(HoldId hold)
    {
        try
        {
            var outcome = await writer.SendAsync(new ExpireHoldCommand(hold));
            if (outcome == ExpireOutcome.Presumed)
                log.LogWarning("The hold of request {RequestId} ran out after dispatch and was charged by presumption", hold.RequestId);
            return outcome != ExpireOutcome.NotDue;
        }
        catch (Exception wrong) when (wrong is not LedgerUnavailableException)
        {
            log.LogError(wrong, "The hold of request {RequestId} cannot be ended", hold.RequestId);
            return false;
        }
    }

    private async Task<bool> RunDueAsync(string userId)
    {
        try
        {
            return await writer.SendAsync(new RunDueCommand(userId));
        }
        catch (Exception wrong) when (wrong is not LedgerUnavailableException)
        {
            log.LogError(wrong, "An account's expiries cannot be run");
            return false;
        }
    }
}
