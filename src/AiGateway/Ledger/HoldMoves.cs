using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>A hold's life up to its charge: held, dispatched, kept alive, released.</summary>
internal static class HoldMoves
{
    /// <summary>
    /// Decides the hourly window and the balance in one step. The order is: suspended, already held, hourly limit, balance; so a
    /// caller who is over both is told to wait, not to pay. A refusal uses no slot and leaves no hold: the same request id may ask
    /// again, after a top-up say, and is decided anew.
    /// </summary>
    public static HoldAnswer Hold(Draft draft, HoldRequest request)
    {
        var row = NewRow(draft, request);
        draft.Open(request.Id.UserId);
        LotMoves.RunDue(draft);
        var account = draft.Account;
        var window = Window.Of(account, request.CallLimit, draft.NowMs);
        if (account.Status != (int)AccountStatus.Active)
            return Answer(draft, HoldOutcome.Suspended, window);
        if (draft.Hold is not null)
            return Answer(draft, HoldOutcome.AlreadyHeld, window);
        if (window.IsFull)
            return Answer(draft, HoldOutcome.RateLimited, window);
        if (account.Balance < request.Amount)
            return Answer(draft, HoldOutcome.Insufficient, window);
        if (account.Balance - account.Held < request.Amount)
            return Answer(draft, HoldOutcome.HeldByOthers, window);
        window = window.Count(draft.NowMs);
        draft.Account = window.WriteTo(account) with { Held = account.Held + request.Amount };
        draft.Hold = row with { AccountId = account.Id };
        return Answer(draft, HoldOutcome.Held, window);
    }

    public static object Dispatch(Draft draft)
    {
        if (Open(draft) is not { } hold || hold.ExpiresAt <= draft.NowMs)
            return DispatchOutcome.NotHeld;
        draft.Hold = hold with { State = (int)HoldState.Dispatched, ExpiresAt = Later(draft, hold) };
        return DispatchOutcome.Dispatched;
    }

    /// <summary>A hold whose time has run out lives on if the sweeper has not come by yet: its state decides, not the clock.</summary>
    public static object Renew(Draft draft)
    {
        if (Open(draft) is not { } hold)
            return false;
        draft.Hold = hold with { ExpiresAt = Later(draft, hold) };
        return true;
    }

    public static object Checkpoint(Draft draft, long outputTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(outputTokens);
        if (Open(draft) is not { } hold)
            return false;
        var seen = hold with { SeenOutput = Math.Max(hold.SeenOutput, outputTokens) };
        _ = Costs.Presumed(seen);
        draft.Hold = seen;
        return true;
    }

    /// <summary>The call cost nothing. Where that was not known in time and a charge was presumed, the charge is taken back.</summary>
    public static object Release(Draft draft)
    {
        if (draft.Hold is null)
            return new ReleaseAnswer(ReleaseOutcome.Unknown, draft.Standing);
        if (draft.Hold.State == (int)HoldState.Presumed)
        {
            ChargeMoves.Correct(draft, draft.Hold, Costs.Nothing);
            return new ReleaseAnswer(ReleaseOutcome.Corrected, draft.Standing);
        }
        if (Open(draft) is not { } hold)
            return new ReleaseAnswer(ReleaseOutcome.AlreadyClosed, draft.Standing);
        Close(draft, hold, HoldState.Released);
        return new ReleaseAnswer(ReleaseOutcome.Released, draft.Standing);
    }

    /// <summary>The hold where it is still open, else null.</summary>
    public static TokenHoldRow? Open(Draft draft) =>
        draft.Hold is { State: (int)HoldState.Held or (int)HoldState.Dispatched } hold ? hold : null;

    /// <summary>Frees what an open hold held. Tokens that expired lots kept for it are due from now on.</summary>
    public static void Close(Draft draft, TokenHoldRow hold, HoldState state)
    {
        var account = draft.Account;
        draft.Hold = hold with { State = (int)state, ClosedAt = draft.NowMs };
        draft.Account = account with
        {
            Held = account.Held - hold.Amount,
            // At once by every clock: a node whose clock lags behind this one's shall not wait for it.
            NextDueAt = account.HasResidue ? 0 : account.NextDueAt,
        };
    }

    private static long Later(Draft draft, TokenHoldRow hold) => Math.Max(hold.ExpiresAt, draft.NowMs + draft.Limits.HoldExpiryMs);

    private static TokenHoldRow NewRow(Draft draft, HoldRequest request)
    {
        var presumed = request.Presumed;
        ArgumentOutOfRangeException.ThrowIfNegative(request.Amount);
        ArgumentOutOfRangeException.ThrowIfNegative(presumed.InputTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(presumed.DefaultOutputTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(presumed.InputNanoUsdPerMillion);
        ArgumentOutOfRangeException.ThrowIfNegative(presumed.OutputNanoUsdPerMillion);
        var row = new TokenHoldRow
        {
            State = (int)(request.GoesUpAtOnce ? HoldState.Dispatched : HoldState.Held),
            RequestId = request.Id.RequestId, Amount = request.Amount, ActionType = request.ActionType, Model = request.Model,
            Metadata = request.Metadata, PresumedInput = presumed.InputTokens, PresumedOutput = presumed.DefaultOutputTokens,
            InputNanoUsdPerMillion = presumed.InputNanoUsdPerMillion, OutputNanoUsdPerMillion = presumed.OutputNanoUsdPerMillion,
            PriceVersion = presumed.PriceVersion, CreatedAt = draft.NowMs, ExpiresAt = draft.NowMs + draft.Limits.HoldExpiryMs,
        };
        _ = Costs.Presumed(row);
        return row;
    }

    private static HoldAnswer Answer(Draft draft, HoldOutcome outcome, Window window) =>
        new(outcome, draft.Standing, window.Calls, window.ResetsAtMs);
}
