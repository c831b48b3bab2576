using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>Every way a call is charged: settled, presumed, corrected, late, or reported from outside. Each hold once.</summary>
internal static class ChargeMoves
{
    public static SettleAnswer Settle(Draft draft, Charge charge)
    {
        Check(charge);
        if (draft.Hold is not { } hold)
            return new SettleAnswer(SettleOutcome.Unknown, 0, draft.Standing);
        switch ((HoldState)hold.State)
        {
            case HoldState.Settled:
                return Answer(SettleOutcome.AlreadySettled);
            case HoldState.Presumed:
                Correct(draft, hold, charge);
                return Answer(SettleOutcome.Corrected);
            case HoldState.Held or HoldState.Dispatched:
                LotMoves.RunDue(draft);
                HoldMoves.Close(draft, hold, HoldState.Settled);
                ChargeHold(draft, charge, HoldState.Settled);
                return Answer(SettleOutcome.Settled);
            case HoldState.Released or HoldState.Expired:
                // Nothing is held for it any more, so nothing is freed: only the charge is made up for.
                LotMoves.RunDue(draft);
                ChargeHold(draft, charge, HoldState.Settled);
                return Answer(SettleOutcome.SettledLate);
        }
        throw new ArgumentOutOfRangeException(nameof(draft), hold.State, "A hold has no such state.");

        SettleAnswer Answer(SettleOutcome outcome) => new(outcome, draft.Hold?.Charged ?? 0, draft.Standing);
    }

    public static object ExpireHold(Draft draft)
    {
        if (HoldMoves.Open(draft) is not { } hold || hold.ExpiresAt > draft.NowMs)
            return ExpireOutcome.NotDue;
        LotMoves.RunDue(draft);
        if (hold.State == (int)HoldState.Held)
        {
            HoldMoves.Close(draft, hold, HoldState.Expired);
            return ExpireOutcome.Released;
        }
        HoldMoves.Close(draft, hold, HoldState.Presumed);
        ChargeHold(draft, Costs.Presumed(hold), HoldState.Presumed);
        return ExpireOutcome.Presumed;
    }

    public static object ChargeExternal(Draft draft, ExternalUsage use)
    {
        Check(use.Charge);
        // What was counted, not what it was priced at: a repeat after a price change is still the same report.
        var asked = SourceKeys.Fingerprint("external", use.ActionType, use.Charge.Model, use.Charge.PromptTokens, use.Charge.CompletionTokens, use.UserId);
        if (draft.DoneBefore is { } before)
            return before.Fingerprint == asked
                ? new SettleAnswer(SettleOutcome.AlreadySettled, before.Tokens, draft.Standing)
                : new SettleAnswer(SettleOutcome.Conflict, 0, draft.Standing);
        draft.Open(use.UserId);
        LotMoves.RunDue(draft);
        var row = Book(draft, Entry(EntryNames.Usage, use.ActionType, use.Charge) with { SourceKey = use.SourceKey, Metadata = use.Metadata });
        draft.SourceKey = SourceKeys.Done(draft, use.SourceKey, asked, use.Charge.Tokens, row.Seq);
        return new SettleAnswer(SettleOutcome.Settled, use.Charge.Tokens, draft.Standing);
    }

    private static void ChargeHold(Draft draft, Charge charge, HoldState state)
    {
        var hold = draft.Hold ?? throw new InvalidOperationException("There is no hold to charge.");
        var row = Book(draft, Entry(EntryNames.Usage, hold.ActionType, charge) with
        {
            OpenAiModel = charge.Model ?? hold.Model, RequestId = hold.RequestId, Metadata = hold.Metadata,
        });
        draft.Hold = hold with
        {
            State = (int)state, ClosedAt = draft.NowMs, Charged = charge.Tokens, ChargedNanoUsd = charge.CostNanoUsd, ChargeSeq = row.Seq,
        };
    }

    /// <summary>The difference between what was presumed and what was used. The hold was freed when it was presumed.</summary>
    public static void Correct(Draft draft, TokenHoldRow hold, Charge actual)
    {
        LotMoves.RunDue(draft);
        var presumed = Costs.Presumed(hold);
        var difference = actual with
        {
            Tokens = actual.Tokens - hold.Charged,
            CostNanoUsd = actual.CostNanoUsd - hold.ChargedNanoUsd,
            PromptTokens = actual.PromptTokens - presumed.PromptTokens,
            CompletionTokens = actual.CompletionTokens - presumed.CompletionTokens,
        };
        draft.Hold = hold with { State = (int)HoldState.Settled, Charged = actual.Tokens, ChargedNanoUsd = actual.CostNanoUsd };
        if (difference is { Tokens: 0, CostNanoUsd: 0 })
            return;
        var entry = Entry(EntryNames.Correction, EntryNames.Correction, difference) with
        {
            OpenAiModel = actual.Model ?? hold.Model, RequestId = hold.RequestId, Metadata = hold.Metadata,
        };
        if (difference.Tokens >= 0)
            Book(draft, entry);
        else
            LotMoves.GiveBack(draft, entry);
    }

    private static TokenTransactionRow Book(Draft draft, TokenTransactionRow entry)
    {
        draft.Account = draft.Account with
        {
            Unattributed = draft.Account.Unattributed + entry.TokensUsed,
            PeriodUsed = draft.Account.PeriodUsed + entry.TokensUsed,
        };
        return draft.Book(entry);
    }

    private static TokenTransactionRow Entry(string entry, string actionType, Charge charge) => new()
    {
        Id = default, UserId = "", Entry = entry, ActionType = actionType, TokensUsed = charge.Tokens, CostNanoUsd = charge.CostNanoUsd,
        OpenAiModel = charge.Model, PromptTokens = charge.PromptTokens, CompletionTokens = charge.CompletionTokens,
        CachedTokens = charge.CachedTokens, ReasoningTokens = charge.ReasoningTokens, UsageSource = EntryNames.Of(charge.Source),
        PriceVersion = charge.PriceVersion,
    };

    private static void Check(Charge charge)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(charge.Tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(charge.CostNanoUsd);
        ArgumentOutOfRangeException.ThrowIfNegative(charge.PromptTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(charge.CompletionTokens);
    }
}
