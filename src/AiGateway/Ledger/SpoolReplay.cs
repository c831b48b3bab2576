using AiGateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace AiGateway.Ledger;

/// <summary>
/// Brings to the ledger what dead processes have kept. Whoever has a segment's lock replays it, and the ledger knows each move by its
/// hold or its source key: however often it comes, it is booked once.
/// </summary>
internal sealed class SpoolReplay(SpoolDisk disk, LedgerWriter writer, LedgerOptions options, TimeProvider time, ILogger<SpoolReplay> log)
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    // Of one segment at once: new calls get their turn in between.
    private int AtOnce => writer.BatchCap / 4;

    private readonly List<SpoolSegment> _taken = [];

    public async Task RunAsync(CancellationToken stop)
    {
        if (options.SpoolMaxMegabytes == 0)
            return;
        using var timer = new PeriodicTimer(Step, time);
        do
            await ReplayAsync(stop);
        while (await timer.WaitForNextTickAsync(stop));
    }

    /// <summary>Replays every segment that nobody has. What the ledger does not take now stays for the next time.</summary>
    /// <returns>How many moves the ledger has taken.</returns>
    public async Task<int> ReplayAsync(CancellationToken stop)
    {
        var done = 0;
        try
        {
            _taken.AddRange(disk.TakeOver());
            while (_taken is [var segment, ..])
            {
                done += await ReplayAsync(segment, stop);
                _taken.RemoveAt(0);
            }
        }
        catch (Exception failed) when (!stop.IsCancellationRequested)
        {
            log.LogWarning(failed, "The spool cannot be replayed; the next step tries again");
        }
        return done;
    }

    /// <summary>Lets go of what was not replayed: the next process takes it over.</summary>
    public void Close()
    {
        foreach (var segment in _taken)
            segment.Dispose();
        _taken.Clear();
    }

    private async Task<int> ReplayAsync(SpoolSegment segment, CancellationToken stop)
    {
        var (moves, isDamaged) = SpoolText.Read(segment.ReadAll());
        var isClean = !isDamaged;
        foreach (var some in moves.Chunk(AtOnce))
        {
            stop.ThrowIfCancellationRequested();
            isClean &= (await Task.WhenAll(some.Select(SendAsync))).All(isBooked => isBooked);
        }
        if (isClean)
            segment.Delete();
        else
        {
            log.LogError("The spool's {Segment} holds what cannot be booked; it is set aside, see docs/operations.md", segment.Name);
            segment.SetAside();
        }
        if (moves.Count > 0)
            log.LogWarning("{Count} moves that a process had left in the spool's {Segment} were replayed", moves.Count, segment.Name);
        return moves.Count;
    }

    /// <returns>False: the ledger knows no such hold, or cannot take it.</returns>
    private async Task<bool> SendAsync(SpooledMove move)
    {
        try
        {
            var isBooked = move.ToCommand() switch
            {
                SettleCommand c => (await writer.SendAsync(c)).Outcome != SettleOutcome.Unknown,
                ReleaseCommand c => (await writer.SendAsync(c)).Outcome != ReleaseOutcome.Unknown,
                // Closed in the meantime: presumed, and corrected when its work is found done.
                DeferCommand c => await writer.SendAsync(c) || true,
                ChargeExternalCommand c => (await writer.SendAsync(c)).Outcome != SettleOutcome.Conflict,
                var other => throw new InvalidOperationException($"{other.GetType().Name} is never kept."),
            };
            Instruments.Replayed.Add(1);
            if (!isBooked)
                log.LogError("The ledger does not know what {Move} is about", move);
            return isBooked;
        }
        catch (Exception wrong) when (wrong is not LedgerUnavailableException)
        {
            log.LogError(wrong, "The ledger cannot take {Move}", move);
            return false;
        }
    }
}
