using System.Globalization;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <param name="Month">yyyy-MM, UTC.</param>
/// <param name="Users">Users with a settled call.</param>
/// <param name="AverageTokens">Tokens ÷ users, rounded half up.</param>
internal sealed record MonthlyUsage(string Month, long Users, long Tokens, long AverageTokens);

internal sealed record TopUser(string UserId, long Calls, long Tokens, string CostUsd);

internal sealed record ActionCost(string ActionType, long Calls, long AverageTokens, long Tokens, string CostUsd);

/// <summary>The three reports, over calls charged from <paramref name="From"/> on and before <paramref name="To"/>.</summary>
internal sealed record UsageReport(
    DateTime From, DateTime? To, IReadOnlyList<MonthlyUsage> AverageMonthlyUsage, IReadOnlyList<TopUser> TopUsers, IReadOnlyList<ActionCost> MostExpensiveActions);

/// <summary>The reports that also ship as SQL (docs/queries): the same figures, on entry = 'usage'.</summary>
internal sealed class Reports(IDbContextFactory<GatewayDb> database, TimeProvider time)
{
    /// <summary>Rows of a list; as in the SQL.</summary>
    public const int MostRows = 20;

    /// <summary>Each month is a query of its own: ten years.</summary>
    public const int MostMonths = 120;

    /// <summary>The start of this UTC month: what is meant where nothing is said.</summary>
    public DateTime ThisMonth => StartOfMonth(time.GetUtcNow().UtcDateTime);

    public static int Months(DateTime from, DateTime to) => (to.Year - from.Year) * 12 + to.Month - from.Month + 1;

    /// <param name="to">Null: until now.</param>
    public async Task<UsageReport> RunAsync(DateTime from, DateTime? to, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var usage = db.TokenTransactions.AsNoTracking().Where(t => t.Entry == "usage" && t.CreatedAt >= from);
        if (to is { } end)
            usage = usage.Where(t => t.CreatedAt < end);
        return new UsageReport(from, to, await MonthsAsync(usage, from, to ?? time.GetUtcNow().UtcDateTime, cancel), await UsersAsync(usage, cancel), await ActionsAsync(usage, cancel));
    }

    private static async Task<IReadOnlyList<MonthlyUsage>> MonthsAsync(IQueryable<TokenTransactionRow> usage, DateTime from, DateTime to, CancellationToken cancel)
    {
        var months = new List<MonthlyUsage>();
        // Months are told apart here: the two engines have no word for it that both understand.
        for (var month = StartOfMonth(from); month <= to; month = month.AddMonths(1))
        {
            var (start, next) = (month, month.AddMonths(1));
            var rows = usage.Where(t => t.CreatedAt >= start && t.CreatedAt < next);
            var users = await rows.Select(t => t.AccountId).Distinct().LongCountAsync(cancel);
            if (users == 0)
                continue;
            var tokens = await rows.SumAsync(t => t.TokensUsed, cancel);
            months.Add(new MonthlyUsage(month.ToString("yyyy-MM", CultureInfo.InvariantCulture), users, tokens, Average(tokens, users)));
        }
        return months;
    }

    private static async Task<IReadOnlyList<TopUser>> UsersAsync(IQueryable<TokenTransactionRow> usage, CancellationToken cancel)
    {
        var rows = await usage.GroupBy(t => new { t.AccountId, t.UserId })
            .Select(g => new { g.Key.UserId, Calls = g.LongCount(), Tokens = g.Sum(t => t.TokensUsed), Cost = g.Sum(t => t.CostNanoUsd) })
            .OrderByDescending(u => u.Tokens).ThenBy(u => u.UserId).Take(MostRows).ToListAsync(cancel);
        return [.. rows.Select(u => new TopUser(u.UserId, u.Calls, u.Tokens, Words.Usd(u.Cost)))];
    }

    private static async Task<IReadOnlyList<ActionCost>> ActionsAsync(IQueryable<TokenTransactionRow> usage, CancellationToken cancel)
    {
        var rows = await usage.GroupBy(t => t.ActionType)
            .Select(g => new { Action = g.Key, Calls = g.LongCount(), Tokens = g.Sum(t => t.TokensUsed), Cost = g.Sum(t => t.CostNanoUsd) })
            .OrderByDescending(a => a.Cost).ThenBy(a => a.Action).Take(MostRows).ToListAsync(cancel);
        return [.. rows.Select(a => new ActionCost(a.Action, a.Calls, Average(a.Tokens, a.Calls), a.Tokens, Words.Usd(a.Cost)))];
    }

    private static long Average(long sum, long count) => (2 * sum + count) / (2 * count);

    private static DateTime StartOfMonth(DateTime at) => new(at.Year, at.Month, 1, 0, 0, 0, DateTimeKind.Utc);
}
