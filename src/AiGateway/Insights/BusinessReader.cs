using System.Globalization;
using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>What the owner asks: what users use, who needs more, and what of each dollar is left. Reads rollups and payments, never the whole ledger.</summary>
internal sealed class BusinessReader(IDbContextFactory<GatewayDb> database, RevenueReader revenue, PlanUseReader plans, BusinessAims aims, TimeProvider time)
{
    /// <summary>Days whose average stands for the days to come: a week, so that each weekday counts once.</summary>
    private const int DaysLookedBack = 7;

    private sealed record DayModel(int Day, string Model, long Calls, long Tokens, long CostNanoUsd);

    /// <param name="to">Null: until now.</param>
    public async Task<BusinessView> ReadAsync(DateTime from, DateTime? to, CancellationToken cancel)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var end = to is { } until && until < now ? until : now;
        await using var db = database.CreateDbContext();
        var days = await DaysAsync(UsageSpan.All(db, from, to), cancel);
        var earnings = await revenue.ReadAsync(from, end, cancel);
        var unpriced = Unpriced(days);
        return new BusinessView(
            await plans.MonthsAsync(from, to, cancel),
            await plans.PowerUsersAsync(cancel),
            MoneyView.Of(days.Sum(d => d.CostNanoUsd), earnings.Within(from, end), unpriced.Count == 0 && earnings.OtherCurrencies == 0),
            Weeks(days, earnings, from, end),
            await ProjectionAsync(db, now, cancel),
            Why(unpriced, earnings.OtherCurrencies),
            unpriced);
    }

    /// <summary>Cost and revenue of a span alone, and the models in it that no price is known of.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<(MoneyView Money, IReadOnlyList<string> Unpriced)> MoneyAsync(DateTime from, DateTime? to, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var days = await DaysAsync(UsageSpan.All(db, from, to), cancel);
        var end = to ?? time.GetUtcNow().UtcDateTime;
        var earnings = await revenue.ReadAsync(from, end, cancel);
        var unpriced = Unpriced(days);
        return (MoneyView.Of(days.Sum(d => d.CostNanoUsd), earnings.Within(from, end), unpriced.Count == 0 && earnings.OtherCurrencies == 0), unpriced);
    }

    private static Task<List<DayModel>> DaysAsync(IQueryable<Used> used, CancellationToken cancel) =>
        used.GroupBy(u => new { u.Day, u.Model })
            .Select(g => new DayModel(g.Key.Day, g.Key.Model, g.Sum(u => u.Calls), g.Sum(u => u.Tokens), g.Sum(u => u.CostNanoUsd))).ToListAsync(cancel);

    private List<string> Unpriced(IEnumerable<DayModel> days) =>
        [.. days.Where(d => d.Model.Length > 0).Select(d => d.Model).Distinct().Where(model => !aims.HasPrice(model)).Order(StringComparer.Ordinal)];

    private static List<string> Why(List<string> unpriced, int otherCurrencies)
    {
        var why = new List<string>();
        if (unpriced.Count > 0)
            why.Add($"no price for {string.Join(", ", unpriced)}");
        if (otherCurrencies > 0)
            why.Add($"{otherCurrencies.ToString(CultureInfo.InvariantCulture)} payments are not in USD");
        return why;
    }

    private List<WeekView> Weeks(List<DayModel> days, Earnings earnings, DateTime from, DateTime end)
    {
        var byWeek = days.ToLookup(d => Shares.StartOfWeek(UsageSpan.StartOf(d.Day)));
        var weeks = new List<WeekView>();
        for (var week = Shares.StartOfWeek(from); week < end; week = week.AddDays(7))
        {
            var (start, next) = (week > from ? week : from, week.AddDays(7) < end ? week.AddDays(7) : end);
            var used = byWeek[week].ToList();
            weeks.Add(new WeekView(week, start == week && next == week.AddDays(7), used.Sum(d => d.Calls), used.Sum(d => d.Tokens), MoneyView.Of(
                used.Sum(d => d.CostNanoUsd), earnings.Within(start, next), Unpriced(used).Count == 0 && earnings.OtherCurrencies == 0)));
        }
        return weeks;
    }

    private async Task<ProjectionView> ProjectionAsync(GatewayDb db, DateTime now, CancellationToken cancel)
    {
        var (month, today) = (Shares.StartOfMonth(now), now.Date);
        var next = month.AddMonths(1);
        var lookedAt = today.AddDays(-DaysLookedBack);
        var begin = month < lookedAt ? month : lookedAt;
        var days = await DaysAsync(UsageSpan.All(db, begin, null), cancel);
        var earnings = await revenue.ReadAsync(begin, now, cancel);
        var first = days.Count > 0 ? UsageSpan.StartOf(days.Min(d => d.Day)) : today;
        var count = Math.Clamp((today - first).Days, 0, DaysLookedBack);
        var soFar = days.Where(d => d.Day >= UsageSpan.DayOf(month)).ToList();
        var last = days.Where(d => d.Day >= UsageSpan.DayOf(today.AddDays(-count)) && d.Day < UsageSpan.DayOf(today)).ToList();
        var left = (next - now).Ticks;

        long At(long sum, long ofLastDays) => count == 0 ? sum : sum + (long)((Int128)ofLastDays * left / (count * TimeSpan.TicksPerDay));
        return new ProjectionView(
            month.ToString("yyyy-MM", CultureInfo.InvariantCulture),
            At(soFar.Sum(d => d.Tokens), last.Sum(d => d.Tokens)),
            MoneyView.Of(
                At(soFar.Sum(d => d.CostNanoUsd), last.Sum(d => d.CostNanoUsd)),
                At(earnings.Within(month, now), earnings.Within(today.AddDays(-count), today)),
                Unpriced(soFar).Count == 0 && earnings.OtherCurrencies == 0),
            count);
    }
}
