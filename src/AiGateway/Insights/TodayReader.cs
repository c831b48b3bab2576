using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>How often calls ended in one way today.</summary>
/// <param name="Code">A refusal's code; the provider's status, or what kept its answer away.</param>
internal sealed record EndCount(string Code, long Count);

/// <param name="Users">Users with a settled call.</param>
internal sealed record DayTotal(DateOnly Day, long Users, long Calls, long Tokens, string CostUsd);

/// <param name="Days">The last ones, quiet ones too, oldest first; today is the last.</param>
/// <param name="Refusals">Ours, the most frequent first.</param>
/// <param name="Errors">The provider's.</param>
internal sealed record TodayView(DayTotal Today, IReadOnlyList<DayTotal> Days, IReadOnlyList<EndCount> Refusals, IReadOnlyList<EndCount> Errors);

/// <summary>What operators look at in the morning: the day as far as it has come. UTC.</summary>
internal sealed class TodayReader(IDbContextFactory<GatewayDb> database, TimeProvider time)
{
    private const int DaysShown = 30;
    private const string Refusal = "refusal", Error = "error";

    public async Task<TodayView> ReadAsync(CancellationToken cancel)
    {
        var today = UsageSpan.DayOf(time.GetUtcNow().UtcDateTime);
        var first = today - DaysShown + 1;
        await using var db = database.CreateDbContext();
        var sums = await db.UsageDaily.Where(u => u.Day >= first).GroupBy(u => u.Day).Select(g => new
        {
            Day = g.Key, Calls = g.Sum(u => u.Calls), Tokens = g.Sum(u => u.Tokens), Cost = g.Sum(u => u.CostNanoUsd),
            Users = g.Where(u => u.Calls > 0).Select(u => u.AccountId).Distinct().Count(),
        }).ToDictionaryAsync(sum => sum.Day, cancel);
        var days = Enumerable.Range(first, DaysShown)
            .Select(day => sums.TryGetValue(day, out var sum) ? new DayTotal(DateOf(day), sum.Users, sum.Calls, sum.Tokens, Words.Usd(sum.Cost)) : new DayTotal(DateOf(day), 0, 0, 0, Words.Usd(0))).ToList();
        var ends = await db.TrafficDaily.Where(t => t.Day == today).OrderByDescending(t => t.Count).ThenBy(t => t.Code).ToListAsync(cancel);
        return new TodayView(days[^1], days,
            [.. ends.Where(end => end.Kind == Refusal).Select(end => new EndCount(end.Code, end.Count))],
            [.. ends.Where(end => end.Kind == Error).Select(end => new EndCount(end.Code, end.Count))]);
    }

    private static DateOnly DateOf(int day) => DateOnly.FromDateTime(UsageSpan.StartOf(day));
}
