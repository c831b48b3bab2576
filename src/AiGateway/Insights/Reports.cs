using System.Globalization;
using AiGateway.Storage;
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
    public DateTime ThisMonth => Shares.StartOfMonth(time.GetUtcNow().UtcDateTime);

    public static int Months(DateTime from, DateTime to) => (to.Year - from.Year) * 12 + to.Month - from.Month + 1;

    /// <param name="to">Null: until now.</param>
    public async Task<UsageReport> RunAsync(DateTime from, DateTime? to, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var calls = UsageSpan.Calls(db, from, to);
        return new UsageReport(from, to, await MonthsAsync(db, from, to, cancel), await UsersAsync(db, calls, cancel), await ActionsAsync(calls, cancel));
    }

    private async Task<IReadOnlyList<MonthlyUsage>> MonthsAsync(GatewayDb db, DateTime from, DateTime? to, CancellationToken cancel)
    {
        var months = new List<MonthlyUsage>();
        var end = to ?? time.GetUtcNow().UtcDateTime;
        // Months are told apart here: the two engines have no word for it that both understand.
        for (var month = Shares.StartOfMonth(from); month <= end; month = month.AddMonths(1))
        {
            var next = month.AddMonths(1);
            var calls = UsageSpan.Calls(db, month > from ? month : from, to < next ? to : next);
            var users = await calls.Where(u => u.Calls > 0).Select(u => u.AccountId).Distinct().LongCountAsync(cancel);
            if (users == 0)
                continue;
            var tokens = await calls.SumAsync(u => u.Tokens, cancel);
            months.Add(new MonthlyUsage(month.ToString("yyyy-MM", CultureInfo.InvariantCulture), users, tokens, Shares.Average(tokens, users)));
        }
        return months;
    }

    private static async Task<IReadOnlyList<TopUser>> UsersAsync(GatewayDb db, IQueryable<Used> calls, CancellationToken cancel)
    {
        var sums = calls.GroupBy(u => u.AccountId)
            .Select(g => new { Account = g.Key, Calls = g.Sum(u => u.Calls), Tokens = g.Sum(u => u.Tokens), Cost = g.Sum(u => u.CostNanoUsd) }).Where(u => u.Calls > 0);
        var rows = await sums.Join(db.Accounts, sum => sum.Account, a => a.Id, (sum, a) => new { a.UserId, sum.Calls, sum.Tokens, sum.Cost })
            .OrderByDescending(u => u.Tokens).ThenBy(u => u.UserId).Take(MostRows).ToListAsync(cancel);
        return [.. rows.Select(u => new TopUser(u.UserId, u.Calls, u.Tokens, Words.Usd(u.Cost)))];
    }

    private static async Task<IReadOnlyList<ActionCost>> ActionsAsync(IQueryable<Used> calls, CancellationToken cancel)
    {
        var rows = await calls.GroupBy(u => u.ActionType)
            .Select(g => new { Action = g.Key, Calls = g.Sum(u => u.Calls), Tokens = g.Sum(u => u.Tokens), Cost = g.Sum(u => u.CostNanoUsd) }).Where(a => a.Calls > 0)
            .OrderByDescending(a => a.Cost).ThenBy(a => a.Action).Take(MostRows).ToListAsync(cancel);
        return [.. rows.Select(a => new ActionCost(a.Action, a.Calls, Shares.Average(a.Tokens, a.Calls), a.Tokens, Words.Usd(a.Cost)))];
    }
}
