using System.Collections.Immutable;
using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>Arithmetic over one account's lots; pure. Every array of lots is in burn order.</summary>
internal static class BurnOrder
{
    private static readonly Comparer<TokenLotRow> Order = Comparer<TokenLotRow>.Create(Compare);

    public static ImmutableArray<TokenLotRow> Sort(IEnumerable<TokenLotRow> lots) => lots.ToImmutableArray().Sort(Order);

    /// <summary>Kind first, then the soonest to expire (never: last), then the oldest. A total order: no two lots are equal.</summary>
    public static int Compare(TokenLotRow? a, TokenLotRow? b)
    {
        if (a is null || b is null)
            return (a is null ? 0 : 1) - (b is null ? 0 : 1);
        var byKind = a.Priority.CompareTo(b.Priority);
        if (byKind != 0)
            return byKind;
        var byExpiry = (a.ExpiresAt ?? long.MaxValue).CompareTo(b.ExpiresAt ?? long.MaxValue);
        return byExpiry != 0 ? byExpiry : a.Id.CompareTo(b.Id);
    }

    /// <summary>Takes what was used off the lots; <paramref name="unattributed"/> keeps what none of them covers.</summary>
    public static ImmutableArray<TokenLotRow> Burn(ImmutableArray<TokenLotRow> lots, ref long unattributed)
    {
        if (unattributed == 0)
            return lots;
        var burnt = lots.ToBuilder();
        for (var i = 0; i < burnt.Count && unattributed > 0; i++)
        {
            var taken = Math.Min(burnt[i].Remaining, unattributed);
            if (taken == 0)
                continue;
            burnt[i] = burnt[i] with { Remaining = burnt[i].Remaining - taken };
            unattributed -= taken;
        }
        return burnt.ToImmutable();
    }

    /// <summary>
    /// Empties expired lots, except for what covers the open holds: <paramref name="held"/> runs on over all of them
    /// (each lot keeping as much again would keep too much).
    /// </summary>
    /// <returns>The lots, and what left each of them.</returns>
    public static (ImmutableArray<TokenLotRow> Lots, List<(TokenLotRow Lot, long Tokens)> Gone) Expire(
        ImmutableArray<TokenLotRow> lots, long held, long nowMs)
    {
        var kept = lots.ToBuilder();
        var gone = new List<(TokenLotRow, long)>();
        var cover = held;
        for (var i = 0; i < kept.Count; i++)
        {
            if (!IsOver(kept[i], nowMs))
                continue;
            var keep = Math.Min(kept[i].Remaining, cover);
            var leaving = kept[i].Remaining - keep;
            cover -= keep;
            if (leaving == 0)
                continue;
            kept[i] = kept[i] with { Remaining = keep, Expired = kept[i].Expired + leaving };
            gone.Add((kept[i], leaving));
        }
        return (kept.ToImmutable(), gone);
    }

    public static bool IsOver(TokenLotRow lot, long nowMs) => lot.EndedAt is not null || lot.ExpiresAt <= nowMs;

    /// <summary>
    /// It has tokens or counts in the allocation. What does neither is not loaded, except by a batch that had it before: so no rule may look at it.
    /// </summary>
    public static bool Matters(TokenLotRow lot) => lot.Remaining > 0 || !lot.UsedUpBefore;

    public static long Allocation(ImmutableArray<TokenLotRow> lots, long nowMs) =>
        lots.Where(lot => !lot.UsedUpBefore && !IsOver(lot, nowMs)).Sum(lot => lot.Granted);

    public static bool HasResidue(ImmutableArray<TokenLotRow> lots, long nowMs) =>
        lots.Any(lot => lot.Remaining > 0 && IsOver(lot, nowMs));

    /// <summary>long.MaxValue where no lot ever expires.</summary>
    public static long NextExpiry(ImmutableArray<TokenLotRow> lots, long nowMs) =>
        lots.Where(lot => Matters(lot) && !IsOver(lot, nowMs)).Min(lot => lot.ExpiresAt) ?? long.MaxValue;
}
