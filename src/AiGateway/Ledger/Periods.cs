using System.Collections.Immutable;
using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>When an account's period begins and ends: the subscription's, else the UTC month.</summary>
internal static class Periods
{
    public const int Month = 0, Subscription = 1;

    public static (long StartMs, long EndMs) MonthOf(long nowMs)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
        var first = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return (first.ToUnixTimeMilliseconds(), first.AddMonths(1).ToUnixTimeMilliseconds());
    }

    /// <summary>
    /// What follows a period that has ended. After a subscription's the month runs on from its end, so that a renewal paid an hour
    /// late can adopt what was used in that hour.
    /// </summary>
    public static AccountRow RollOver(AccountRow account, long nowMs)
    {
        var (start, end) = MonthOf(nowMs);
        return account with { PeriodStart = Math.Max(start, account.PeriodEnd), PeriodEnd = end, PeriodKind = Month, PeriodUsed = 0 };
    }

    /// <summary>Enters the period that a grant paid for. Use since an earlier or equal start stays counted: it all lies within the new period.</summary>
    public static AccountRow Enter(AccountRow account, long startMs, long endMs) => account with
    {
        PeriodKind = Subscription,
        PeriodUsed = startMs <= account.PeriodStart ? account.PeriodUsed : 0,
        PeriodStart = startMs,
        PeriodEnd = endMs,
    };

    /// <summary>Lots with nothing left no longer count in the allocation of the period that begins now.</summary>
    public static ImmutableArray<TokenLotRow> MarkUsedUp(ImmutableArray<TokenLotRow> lots) =>
        [.. lots.Select(lot => lot.Remaining == 0 && !lot.UsedUpBefore ? lot with { UsedUpBefore = true } : lot)];
}
