using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace AiGateway.Ledger;

/// <summary>
/// Who may make the call that a key stands for, and what it was answered. The claim is one INSERT, so of any number of callers on any
/// number of gateways one makes the call. A claim lives as a hold does: renewed while its call lives, taken over once its process died.
/// </summary>
internal sealed class IdempotentAnswers(IdempotencyTable table, LedgerOptions options, TimeProvider time, ILogger<IdempotentAnswers> log)
{
    /// <summary>How long a key means the same call.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    // Admission answers within 2 s, whatever the disk does.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1800);

    // Past this an ending that could not be written is left: the claim runs out by itself, which frees the key.
    private static readonly TimeSpan EndingPatience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50), LongestRetry = TimeSpan.FromSeconds(2);

    // Longer than any call that a provider answers; a claim that nobody ended by then was forgotten.
    private static readonly TimeSpan LongestCall = TimeSpan.FromHours(4);

    private static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(1);

    // Each row may carry a megabyte; the ledger's writer gets its turn between two batches.
    private const int PurgedAtOnce = 64;

    // A row that changes hands this often while it is looked at is a fault, not a race.
    private const int MaxTries = 8;

    private readonly ConcurrentDictionary<string, LiveClaim> _live = new(StringComparer.Ordinal);

    /// <summary>Renewals come this often at the latest; with a short expiry, often enough for one at a third of it.</summary>
    public TimeSpan Step { get; } = TimeSpan.FromTicks(Math.Min(LongestStep.Ticks, options.HoldExpiry.Ticks / 3));

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Expiry => Now + options.HoldExpiry.Ticks / TimeSpan.TicksPerMillisecond;

    /// <exception cref="LedgerUnavailableException">Nothing is known, so no call may be made.</exception>
    public async Task<ClaimAnswer> ClaimAsync(IdempotencyClaim claim)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            for (var tries = 0; tries < MaxTries; tries++)
                if (await TryClaimAsync(claim, patience.Token) is { } answer)
                    return answer;
            throw new LedgerUnavailableException("The key of an idempotent call changes hands all the time.");
        }
        catch (Exception broken) when (broken is DbException or OperationCanceledException)
        {
            // It may have been written all the same: nobody shall wait for a call that is not made.
            _ = FreeAsync(claim);
            throw new LedgerUnavailableException("The idempotent answers cannot be reached.", broken);
        }
    }

    /// <summary>Keeps the answer once its charge is durable, or frees the key where there is no charge after all. Never throws.</summary>
    /// <param name="answer">Null: too large to keep, which a repeat shall be told.</param>
    public Task KeepAsync(IdempotencyClaim claim, KeptAnswer? answer, Task charge) => EndAsync(claim, async () =>
    {
        await charge.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await InsistAsync(charge.IsCompletedSuccessfully ? cancel => table.KeepAsync(claim, answer, cancel) : cancel => table.FreeAsync(claim, cancel));
    });

    /// <summary>The call did not end well: whoever repeats it makes it again. Never throws.</summary>
    public Task FreeAsync(IdempotencyClaim claim) => EndAsync(claim, () => InsistAsync(cancel => table.FreeAsync(claim, cancel)));

    /// <summary>Renews and purges until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Step, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            try
            {
                await RenewAsync(stop);
                await PurgeAsync(stop);
            }
            catch (DbException failed)
            {
                log.LogWarning(failed, "The idempotent answers cannot be reached; the next step tries again");
            }
        }
    }

    /// <summary>Waits for what is being kept or freed.</summary>
    public async Task DrainAsync(CancellationToken cancel) =>
        await Task.WhenAll(_live.Values.Select(live => live.Ending)).WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Gives each live claim its time again, at a third of it.</summary>
    internal async Task RenewAsync(CancellationToken stop)
    {
        foreach (var (id, live) in _live)
        {
            var now = time.GetUtcNow();
            if (now - live.Since > LongestCall)
                _live.TryRemove(id, out _);
            else if (now - live.Renewed >= TimeSpan.FromTicks(options.HoldExpiry.Ticks / 3))
                await RenewAsync(live, now, stop);
        }
    }

    /// <summary>Deletes what is older than a day.</summary>
    /// <returns>How many rows went.</returns>
    internal async Task<int> PurgeAsync(CancellationToken stop)
    {
        for (var gone = 0; ;)
        {
            var batch = await table.PurgeAsync(Now - Milliseconds(KeptFor), PurgedAtOnce, stop);
            gone += batch;
            if (batch < PurgedAtOnce)
                return gone;
        }
    }

    /// <returns>Null: the row changed while it was looked at.</returns>
    private async Task<ClaimAnswer?> TryClaimAsync(IdempotencyClaim claim, CancellationToken cancel)
    {
        if (await table.FindAsync(claim, cancel) is not { } row)
            return await InsertAsync(claim, cancel) ? Claimed(claim) : null;
        if (IsOver(row))
            return await table.TakeOverAsync(claim, row, Now, Expiry, cancel) ? Claimed(claim) : null;
        if (!row.BodyHash.AsSpan().SequenceEqual(claim.BodyHash))
            return new ClaimAnswer(ClaimOutcome.BodyDiffers);
        return row.State switch
        {
            KeptState.Running => new ClaimAnswer(ClaimOutcome.InProgress),
            KeptState.Kept => new ClaimAnswer(ClaimOutcome.Kept, row.Answer),
            KeptState.TooLarge => new ClaimAnswer(ClaimOutcome.NotKept),
            _ => throw new InvalidOperationException($"idempotent_answers holds a row in state {row.State}."),
        };
    }

    private async Task<bool> InsertAsync(IdempotencyClaim claim, CancellationToken cancel)
    {
        try
        {
            return await table.InsertAsync(claim, Now, Expiry, cancel);
        }
        catch (DbException)
        {
            // Some engines let two look at once and stop the second by the primary key: then there is a row now. Else the failure stands.
            if (await table.FindAsync(claim, cancel) is null)
                throw;
            return false;
        }
    }

    private bool IsOver(KeptRow row) =>
        row.CreatedAt <= Now - Milliseconds(KeptFor) || row.State == KeptState.Running && row.ExpiresAt <= Now;

    private ClaimAnswer Claimed(IdempotencyClaim claim)
    {
        _live[claim.RequestId] = new LiveClaim(claim, time.GetUtcNow());
        return new ClaimAnswer(ClaimOutcome.Claimed);
    }

    private async Task RenewAsync(LiveClaim live, DateTimeOffset now, CancellationToken stop)
    {
        if (await table.RenewAsync(live.Claim, Expiry, stop))
        {
            live.Renewed = now;
            return;
        }
        if (_live.TryRemove(live.Claim.RequestId, out _) && live.Ending.IsCompleted)
            log.LogWarning("The idempotency key of {RequestId} was lost while its call ran; another call may have been made for it", live.Claim.RequestId);
    }

    private async Task EndAsync(IdempotencyClaim claim, Func<Task<bool>> ending)
    {
        // Live until it is written: a claim that waits for its charge must not run out.
        var done = new TaskCompletionSource();
        if (_live.TryGetValue(claim.RequestId, out var live))
            live.Ending = done.Task;
        try
        {
            if (!await ending() && live is not null)
                log.LogWarning("The idempotency key of {RequestId} was no longer its own when it ended", claim.RequestId);
        }
        catch (Exception lost)
        {
            log.LogWarning(lost, "The end of {RequestId} could not be written under its idempotency key; the key is free when its time runs out", claim.RequestId);
        }
        finally
        {
            _live.TryRemove(claim.RequestId, out _);
            done.SetResult();
        }
    }

    private async Task<bool> InsistAsync(Func<CancellationToken, Task<bool>> write)
    {
        var started = time.GetTimestamp();
        for (var pause = FirstRetry; ; pause = pause + pause < LongestRetry ? pause + pause : LongestRetry)
        {
            try
            {
                return await write(CancellationToken.None);
            }
            catch (DbException failed) when (time.GetElapsedTime(started) < EndingPatience)
            {
                log.LogWarning(failed, "An idempotent answer could not be written; it is tried again in {Pause}", pause);
            }
            await Task.Delay(pause, time);
        }
    }

    private static long Milliseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMillisecond;

    private sealed class LiveClaim(IdempotencyClaim claim, DateTimeOffset since)
    {
        public readonly IdempotencyClaim Claim = claim;
        public readonly DateTimeOffset Since = since;
        public DateTimeOffset Renewed = since;
        public Task Ending = Task.CompletedTask;
    }
}
