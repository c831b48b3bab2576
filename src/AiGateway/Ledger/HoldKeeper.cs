using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AiGateway.Ledger;

/// <summary>
/// Keeps alive the holds of calls that live in this process: renews each at a third of its time and stores what its stream has
/// produced, so that a crash costs neither side more than the last few seconds. No stream ever waits for it.
/// </summary>
internal sealed class HoldKeeper(LedgerWriter writer, LedgerOptions options, TimeProvider time, ILogger<HoldKeeper> log)
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(5);

    /// <summary>Checkpoints come this often; with a short expiry, often enough for a renewal at a third of it.</summary>
    public TimeSpan Step { get; } = TimeSpan.FromTicks(Math.Min(LongestStep.Ticks, options.HoldExpiry.Ticks / 3));

    // Longer than any call that a provider answers. A hold that nobody closes by then was forgotten, and the sweeper shall end it.
    private static readonly TimeSpan LongestCall = TimeSpan.FromHours(4);

    private readonly ConcurrentDictionary<HoldId, LiveHold> _live = new();

    public int Count => _live.Count;

    public void Keep(HoldId hold) => _live[hold] = new LiveHold(time.GetUtcNow());

    public void Forget(HoldId hold) => _live.TryRemove(hold, out _);

    public void Seen(HoldId hold, long outputTokens)
    {
        if (_live.TryGetValue(hold, out var live))
            Volatile.Write(ref live.Output, outputTokens);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Step, time);
        while (await timer.WaitForNextTickAsync(stop))
            await StoreAsync();
    }

    /// <summary>Stores what is new since the last time, in one batch.</summary>
    internal async Task StoreAsync()
    {
        var now = time.GetUtcNow();
        await Task.WhenAll(_live.Select(live => StoreAsync(live.Key, live.Value, now)));
    }

    private async Task StoreAsync(HoldId id, LiveHold live, DateTimeOffset now)
    {
        try
        {
            if (now - live.Since > LongestCall)
                Forget(id);
            else if (!await CheckpointAsync(id, live) || !await RenewAsync(id, live, now))
                Forget(id);
        }
        catch (LedgerUnavailableException unavailable)
        {
            log.LogWarning(unavailable, "A live hold could not be kept alive; the next step tries again");
        }
        catch (Exception wrong)
        {
            log.LogError(wrong, "A live hold cannot be kept alive");
            Forget(id);
        }
    }

    private async Task<bool> CheckpointAsync(HoldId id, LiveHold live)
    {
        var output = Volatile.Read(ref live.Output);
        if (output == live.Stored)
            return true;
        var open = await writer.SendAsync(new CheckpointCommand(id, output));
        live.Stored = output;
        return open;
    }

    private async Task<bool> RenewAsync(HoldId id, LiveHold live, DateTimeOffset now)
    {
        if (now - live.Renewed < TimeSpan.FromTicks(options.HoldExpiry.Ticks / 3))
            return true;
        var open = await writer.SendAsync(new RenewCommand(id));
        live.Renewed = now;
        return open;
    }

    private sealed class LiveHold(DateTimeOffset since)
    {
        public readonly DateTimeOffset Since = since;
        public DateTimeOffset Renewed = since;
        public long Output = -1;
        public long Stored = -1;
    }
}
