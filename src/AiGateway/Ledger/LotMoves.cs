using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>What happens to an account's lots: flushed, expired, counted, added to. Each step leaves Σ remaining - unattributed = balance.</summary>
internal static class LotMoves
{
    /// <summary>Expires lots whose time has come and begins the next period, where either is due.</summary>
    /// <returns>False: nothing was due.</returns>
    public static bool RunDue(Draft draft)
    {
        if (draft.Account.NextDueAt > draft.NowMs)
            return false;
        Flush(draft);
        Expire(draft);
        if (draft.Account.PeriodEnd <= draft.NowMs)
        {
            draft.Lots = Periods.MarkUsedUp(draft.Lots);
            draft.Account = Periods.RollOver(draft.Account, draft.NowMs);
        }
        Recount(draft);
        return true;
    }

    /// <summary>Attributes what was used since the last flush: the set of lots did not change in between, so the order of uses does not matter.</summary>
    public static void Flush(Draft draft)
    {
        var unattributed = draft.Account.Unattributed;
        draft.Lots = BurnOrder.Burn(draft.Lots, ref unattributed);
        draft.Account = draft.Account with { Unattributed = unattributed };
    }

    /// <summary>One removal row for each lot that loses tokens, under that lot's own source key.</summary>
    public static void Expire(Draft draft)
    {
        var (lots, gone) = BurnOrder.Expire(draft.Lots, draft.Account.Held, draft.NowMs);
        draft.Lots = lots;
        foreach (var (lot, tokens) in gone)
            draft.Book(new TokenTransactionRow
            {
                Id = default, UserId = "", Entry = EntryNames.Removal, ActionType = EntryNames.Expiry, TokensUsed = tokens, SourceKey = lot.SourceKey,
            });
    }

    /// <summary>Writes down on the account what follows from its lots.</summary>
    public static void Recount(Draft draft) => draft.Account = draft.Account with
    {
        Allocation = BurnOrder.Allocation(draft.Lots, draft.NowMs),
        NextDueAt = Math.Min(BurnOrder.NextExpiry(draft.Lots, draft.NowMs), draft.Account.PeriodEnd),
        HasResidue = BurnOrder.HasResidue(draft.Lots, draft.NowMs),
    };

    public static void Add(Draft draft, TokenLotRow lot) => draft.Lots = BurnOrder.Sort([.. draft.Lots, lot]);

    /// <summary>
    /// Tokens that a presumption took too many of come back as a lot of their own, which burns last and never expires: the lots that
    /// they were taken from may be gone. It does not count in the allocation, because nobody was granted more.
    /// </summary>
    public static void GiveBack(Draft draft, TokenTransactionRow correction)
    {
        Flush(draft);
        var sourceKey = $"correction:{draft.Account.Id}:{correction.RequestId}";
        Add(draft, new TokenLotRow
        {
            Id = draft.FreshLotId, AccountId = draft.Account.Id, SourceKey = sourceKey, Priority = (int)LotKind.Pack,
            ActionType = EntryNames.Correction, Granted = -correction.TokensUsed, Remaining = -correction.TokensUsed,
            CreatedAt = draft.NowMs, UsedUpBefore = true,
        });
        draft.Book(correction with { SourceKey = sourceKey });
        draft.Account = draft.Account with { PeriodUsed = Math.Max(0, draft.Account.PeriodUsed + correction.TokensUsed) };
        Flush(draft);
        Recount(draft);
    }
}
