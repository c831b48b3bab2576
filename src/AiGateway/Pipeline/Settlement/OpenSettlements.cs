using AiGateway.Ledger;
using AiGateway.Telemetry;

namespace AiGateway.Pipeline.Settlement;

/// <summary>Settles and releases that outlive their call: watched to their end, and waited for when the process stops.</summary>
internal sealed class OpenSettlements(TimeProvider time, ILogger<OpenSettlements> log)
{
    private long _open, _late;

    public long Count => Interlocked.Read(ref _open);

    /// <summary>Of them, those that their caller stopped waiting for; and all that failed, as long as the process lives: calls without a row.</summary>
    public long Unsettled => Interlocked.Read(ref _late);

    /// <summary>Waits for it within the call. What takes longer outlives the call, and what failed is in the log.</summary>
    /// <returns>False: it is still going on, and will finish without being waited for.</returns>
    public async Task<bool> WaitAsync(Task work, HoldId hold, TimeSpan limit)
    {
        var started = time.GetTimestamp();
        Interlocked.Increment(ref _open);
        var isDone = await WaitAsync(work, limit);
        if (work.IsCompletedSuccessfully)
        {
            Interlocked.Decrement(ref _open);
            Instruments.SettleDuration.Record(time.GetElapsedTime(started).TotalSeconds);
        }
        else
        {
            Interlocked.Increment(ref _late);
            _ = WatchAsync(work, hold, started);
        }
        return isDone;
    }

    public async Task<bool> WaitAsync(Task work, TimeSpan limit)
    {
        if (!work.IsCompleted)
            await work.WaitAsync(limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return work.IsCompleted;
    }

    /// <summary>Waits until nothing is open, or until it may wait no longer: what is left then is the sweeper's.</summary>
    public async Task DrainAsync(TimeSpan bound)
    {
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), time);
        while (Count > 0 && time.GetElapsedTime(started) < bound)
            await timer.WaitForNextTickAsync(CancellationToken.None);
    }

    private async Task WatchAsync(Task work, HoldId hold, long started)
    {
        try
        {
            await work;
            Interlocked.Decrement(ref _late);
            Instruments.SettleDuration.Record(time.GetElapsedTime(started).TotalSeconds);
        }
        catch (Exception error)
        {
            // The hold stays open in the books; the sweeper closes it, and the log says why.
            Log.SettleFailed(log, hold.RequestId, error);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
