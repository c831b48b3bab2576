using Microsoft.Extensions.Logging;

namespace AiGateway.Ledger;

/// <summary>The only door to the ledger. Every method throws <see cref="LedgerUnavailableException"/> when nothing could be written.</summary>
internal sealed class Bookkeeper(LedgerWriter writer, HoldKeeper keeper, Spool spool, TimeProvider time, ILogger<Bookkeeper> log)
{
    // Admission answers within 2 s, whatever the disk does.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1800);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50), LongestRetry = TimeSpan.FromSeconds(2);

    /// <summary>A hold that is granted after its caller gave up is released again.</summary>
    public async Task<HoldAnswer> HoldAsync(HoldRequest request, CancellationToken cancel)
    {
        var asked = writer.SendAsync(new HoldCommand(request));
        try
        {
            var answer = await asked.WaitAsync(Patience, time, cancel);
            if (answer.Outcome == HoldOutcome.Held)
                keeper.Keep(request.Id);
            return answer;
        }
        catch (TimeoutException late)
        {
            _ = GiveBackAsync(asked, request.Id);
            throw new LedgerUnavailableException("The ledger took too long.", late);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _ = GiveBackAsync(asked, request.Id);
            throw;
        }
    }

    public async Task<DispatchOutcome> DispatchAsync(HoldId hold, CancellationToken cancel)
    {
        try
        {
            return await writer.SendAsync(new DispatchCommand(hold)).WaitAsync(Patience, time, cancel);
        }
        catch (TimeoutException late)
        {
            throw new LedgerUnavailableException("The ledger took too long.", late);
        }
    }

    /// <summary>Tries until it is written. What the ledger does not take is on local disk meanwhile, so that it is not lost with the process.</summary>
    public async Task<SettleAnswer> SettleAsync(HoldId hold, Charge charge, CancellationToken cancel, IReadOnlyList<ObjectNote>? notes = null)
    {
        try
        {
            return await InsistAsync(new SettleCommand(hold, charge, notes), cancel);
        }
        finally
        {
            keeper.Forget(hold);
        }
    }

    /// <summary>The call cost nothing. Tried as long as a charge: a hold that went up and is never released would be charged by presumption.</summary>
    public async Task<ReleaseAnswer> ReleaseAsync(HoldId hold, CancellationToken cancel, IReadOnlyList<ObjectNote>? notes = null)
    {
        try
        {
            return await InsistAsync(new ReleaseCommand(hold, notes), cancel);
        }
        finally
        {
            keeper.Forget(hold);
        }
    }

    /// <summary>
    /// The call is answered, its work goes on at the provider, and whoever finds it done settles the same hold. Until then somebody has
    /// to renew it (<see cref="RenewAsync"/>); a hold that runs out is charged by presumption, and the real usage corrects that.
    /// </summary>
    public async Task DeferAsync(HoldId hold, IReadOnlyList<ObjectNote> notes, CancellationToken cancel)
    {
        try
        {
            await InsistAsync(new DeferCommand(hold, notes), cancel);
        }
        finally
        {
            keeper.Forget(hold);
        }
    }

    /// <returns>False where the hold is closed or unknown.</returns>
    public Task<bool> RenewAsync(HoldId hold, CancellationToken cancel) => writer.SendAsync(new RenewCommand(hold)).WaitAsync(cancel);

    /// <summary>What a live stream has produced so far, in output tokens; stored every few seconds, never awaited.</summary>
    public void Seen(HoldId hold, long outputTokens) => keeper.Seen(hold, outputTokens);

    public Task<GrantAnswer> GrantAsync(GrantRequest request, CancellationToken cancel) =>
        writer.SendAsync(new GrantCommand(request)).WaitAsync(cancel);

    public Task<RemovalAnswer> RemoveAsync(RemovalRequest request, CancellationToken cancel) =>
        writer.SendAsync(new RemoveCommand(request)).WaitAsync(cancel);

    public Task<RemovalAnswer> ClawBackAsync(ClawbackRequest request, CancellationToken cancel) =>
        writer.SendAsync(new ClawBackCommand(request)).WaitAsync(cancel);

    /// <summary>Brings what was taken back of one lot to a total that follows from facts: repeats and any order of them end alike.</summary>
    public Task<TakeBackAnswer> TakeBackAsync(TakeBackRequest request, CancellationToken cancel) =>
        writer.SendAsync(new TakeBackCommand(request)).WaitAsync(cancel);

    /// <returns>False: the lot was over already, or there is none.</returns>
    public Task<bool> EndLotAsync(string lotSourceKey, CancellationToken cancel) => writer.SendAsync(new EndLotCommand(lotSourceKey)).WaitAsync(cancel);

    public Task<SettleAnswer> ChargeExternalAsync(ExternalUsage usage, CancellationToken cancel) =>
        writer.SendAsync(new ChargeExternalCommand(usage)).WaitAsync(cancel);

    /// <summary>The same, tried until it is written: for use that nobody would report again.</summary>
    public Task<SettleAnswer> ChargeSurelyAsync(ExternalUsage usage, CancellationToken cancel) =>
        InsistAsync(new ChargeExternalCommand(usage), cancel);

    /// <summary>Takes over what an account did before this gateway kept its books.</summary>
    public Task<ImportAnswer> ImportAsync(ImportRequest history, CancellationToken cancel) => writer.SendAsync(new ImportCommand(history)).WaitAsync(cancel);

    /// <summary>Opens the account if it is new.</summary>
    public Task<Standing> OpenAsync(string userId, CancellationToken cancel) => writer.SendAsync(new OpenCommand(userId)).WaitAsync(cancel);

    /// <returns>False where there is no such account.</returns>
    public Task<bool> SetStatusAsync(string userId, AccountStatus status, CancellationToken cancel) =>
        writer.SendAsync(new SetStatusCommand(userId, status)).WaitAsync(cancel);

    /// <summary>Sends until it is written. Sending twice is safe: the hold's state, or the source key, answers the second one.</summary>
    private async Task<TAnswer> InsistAsync<TAnswer>(LedgerCommand<TAnswer> command, CancellationToken cancel)
    {
        var entry = spool.Watch(command);
        try
        {
            for (var pause = FirstRetry; ; pause = pause + pause < LongestRetry ? pause + pause : LongestRetry)
            {
                if (await TrySendAsync(command, entry, cancel) is { } sent)
                    return await sent;
                await Task.Delay(pause, time, cancel);
            }
        }
        catch (Exception given) when (given is LedgerUnavailableException or OperationCanceledException)
        {
            spool.Leave(entry);
            throw;
        }
    }

    /// <returns>What the ledger said, even that it cannot take such a move; null: it could not be asked.</returns>
    private async Task<Task<TAnswer>?> TrySendAsync<TAnswer>(LedgerCommand<TAnswer> command, SpoolEntry entry, CancellationToken cancel)
    {
        var sent = writer.SendAsync(command);
        try
        {
            await sent.WaitAsync(cancel);
        }
        catch (LedgerUnavailableException)
        {
            spool.Keep(entry);
            if (writer.HasStopped)
                throw;
            return null;
        }
        catch (Exception) when (sent.IsFaulted)
        {
            // The move itself is impossible: asking again would not help.
        }
        spool.Done(entry);
        return sent;
    }

    private async Task GiveBackAsync(Task<HoldAnswer> asked, HoldId hold)
    {
        try
        {
            if ((await asked).Outcome == HoldOutcome.Held)
                await ReleaseAsync(hold, CancellationToken.None);
        }
        catch (Exception lost)
        {
            log.LogWarning(lost, "A hold whose caller gave up was not released; it runs out by itself");
        }
    }
}
