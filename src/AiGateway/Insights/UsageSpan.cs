using AiGateway.Storage;
using AiGateway.Storage.Tables;

namespace AiGateway.Insights;

/// <summary>Use of one account, day, action and model, as the rollup has it.</summary>
internal sealed record Used
{
    /// <summary>Days since 1970-01-01, UTC.</summary>
    public int Day { get; init; }
    public long AccountId { get; init; }
    public required string ActionType { get; init; }
    /// <summary>Empty where the charge names no model.</summary>
    public required string Model { get; init; }
    public long Calls { get; init; }
    public long Tokens { get; init; }
    public long CostNanoUsd { get; init; }
}

/// <summary>
/// What was used in a span of time, whatever the ledger's length: whole days come from the rollup, which is written with each charge,
/// and what is left of a first and a last day from the rows themselves.
/// </summary>
internal static class UsageSpan
{
    /// <summary>Corrections stand in the rollup under their own action, which no call can have.</summary>
    private const string Correction = "correction", Usage = "usage";

    /// <summary>Settled calls alone, which is what the reports in docs/queries count.</summary>
    /// <param name="to">Null: until now; no charge is younger.</param>
    public static IQueryable<Used> Calls(GatewayDb db, DateTime from, DateTime? to) =>
        Of(db, from, to, rollup => rollup.Where(u => u.ActionType != Correction), rows => rows.Where(t => t.Entry == Usage));

    /// <summary>Settled calls and what corrected them: what was paid for in the end.</summary>
    /// <inheritdoc cref="Calls"/>
    public static IQueryable<Used> All(GatewayDb db, DateTime from, DateTime? to) =>
        Of(db, from, to, rollup => rollup, rows => rows.Where(t => t.Entry == Usage || t.Entry == Correction));

    public static int DayOf(DateTime at) => (int)((at - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerDay);

    public static DateTime StartOf(int day) => DateTime.UnixEpoch.AddDays(day);

    private static IQueryable<Used> Of(
        GatewayDb db, DateTime from, DateTime? to, Func<IQueryable<UsageDailyRow>, IQueryable<UsageDailyRow>> daily,
        Func<IQueryable<TokenTransactionRow>, IQueryable<TokenTransactionRow>> rows)
    {
        var first = from == StartOf(DayOf(from)) ? DayOf(from) : DayOf(from) + 1;
        var end = to is { } until ? DayOf(until) : int.MaxValue;
        var used = Days(daily(db.UsageDaily), first, end);
        if (from < StartOf(first) && (to is null || from < to))
            used = used.Concat(Rows(rows(db.TokenTransactions), from, to < StartOf(first) ? to.Value : StartOf(first)));
        if (to is { } last && last > StartOf(end) && StartOf(end) >= StartOf(first))
            used = used.Concat(Rows(rows(db.TokenTransactions), StartOf(end), last));
        return used;
    }

    private static IQueryable<Used> Days(IQueryable<UsageDailyRow> rollup, int first, int end) =>
        rollup.Where(u => u.Day >= first && u.Day < end).Select(u => new Used
        {
            Day = u.Day, AccountId = u.AccountId, ActionType = u.ActionType, Model = u.Model, Calls = u.Calls, Tokens = u.Tokens, CostNanoUsd = u.CostNanoUsd,
        });

    /// <param name="from">On the same day as <paramref name="to"/>, or the day before its first moment.</param>
    private static IQueryable<Used> Rows(IQueryable<TokenTransactionRow> rows, DateTime from, DateTime to)
    {
        var day = DayOf(from);
        return rows.Where(t => t.CreatedAt >= from && t.CreatedAt < to).Select(t => new Used
        {
            Day = day, AccountId = t.AccountId, ActionType = t.ActionType, Model = t.OpenAiModel ?? "", Calls = t.Entry == Usage ? 1 : 0,
            Tokens = t.TokensUsed, CostNanoUsd = t.CostNanoUsd,
        });
    }
}
