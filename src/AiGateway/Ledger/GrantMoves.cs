using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>Tokens that come in. Once for each source key, for ever.</summary>
internal static class GrantMoves
{
    public static object Grant(Draft draft, GrantRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(request.Tokens);
        var asked = SourceKeys.Fingerprint("grant", request.Tokens, request.Kind, request.ActionType, request.ExpiresAtMs,
            request.PeriodStartMs, request.PeriodEndMs, request.UserId);
        if (draft.DoneBefore is { } before)
            return before.Fingerprint == asked
                ? new GrantAnswer(GrantOutcome.AlreadyGranted, before.LotId, draft.Standing)
                : new GrantAnswer(GrantOutcome.Conflict, before.LotId, draft.Standing);
        draft.Open(request.UserId);
        LotMoves.RunDue(draft);
        LotMoves.Flush(draft);
        // A paid period that began before a newer one arrives late: it neither ends the newer lot nor turns the period back.
        var isLate = IsLate(draft, request);
        if (request.ActionType is EntryNames.SubscriptionGrant or EntryNames.RenewalGrant && !isLate)
            EndOlderSubscriptions(draft);
        if (request is { PeriodStartMs: { } start, PeriodEndMs: { } end } && !isLate && end > draft.NowMs)
            EnterPeriod(draft, start, end);
        LotMoves.Add(draft, NewLot(draft, request, isLate));
        var row = draft.Book(new TokenTransactionRow
        {
            Id = default, UserId = "", Entry = EntryNames.Grant, ActionType = request.ActionType, TokensUsed = -request.Tokens,
            SourceKey = request.SourceKey, Metadata = request.Metadata,
        });
        // What nothing covered before is repaid by the new lot.
        LotMoves.Flush(draft);
        // What came so late that its time is over, or its successor is here, ends where it would have ended: the order of arrival leaves no trace.
        LotMoves.Expire(draft);
        LotMoves.Recount(draft);
        draft.SourceKey = SourceKeys.Done(draft, request.SourceKey, asked, request.Tokens, row.Seq, draft.FreshLotId);
        return new GrantAnswer(GrantOutcome.Granted, draft.FreshLotId, draft.Standing);
    }

    /// <summary>The "reset": a new subscription lot takes the older one's place. Packs stay; open holds keep their cover until they close.</summary>
    private static void EndOlderSubscriptions(Draft draft)
    {
        draft.Lots = [.. draft.Lots.Select(lot =>
            IsSubscription(lot) && !BurnOrder.IsOver(lot, draft.NowMs) ? lot with { EndedAt = draft.NowMs } : lot)];
        LotMoves.Expire(draft);
    }

    private static bool IsLate(Draft draft, GrantRequest request) =>
        request.PeriodStartMs is { } start
        && (draft.Account.PeriodKind == Periods.Subscription && start < draft.Account.PeriodStart
            || draft.Lots.Any(lot => IsSubscription(lot) && lot.PeriodStart > start));

    private static bool IsSubscription(TokenLotRow lot) => lot.Priority == (int)LotKind.Subscription && BurnOrder.Matters(lot);

    private static void EnterPeriod(Draft draft, long startMs, long endMs)
    {
        if (startMs > draft.Account.PeriodStart)
            draft.Lots = Periods.MarkUsedUp(draft.Lots);
        draft.Account = Periods.Enter(draft.Account, startMs, endMs);
    }

    private static TokenLotRow NewLot(Draft draft, GrantRequest request, bool isLate) => new()
    {
        Id = draft.FreshLotId, AccountId = draft.Account.Id, SourceKey = request.SourceKey, Priority = (int)request.Kind,
        ActionType = request.ActionType, Granted = request.Tokens, Remaining = request.Tokens, ExpiresAt = request.ExpiresAtMs,
        CreatedAt = draft.NowMs, PeriodStart = request.PeriodStartMs,
        EndedAt = isLate && request.Kind == LotKind.Subscription ? draft.NowMs : null,
    };
}
