using System.Globalization;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>What users of each plan use, and who of them is about to run out.</summary>
internal sealed class PlanUseReader(IDbContextFactory<GatewayDb> database, BusinessAims aims, TimeProvider time)
{
    private const int MostPowerUsers = 50;

    private static readonly string[] Live = ["active", "trialing", "past_due"];

    /// <summary>Tokens of settled calls ÷ users who had one, by month and by the plan that they had paid for in that month.</summary>
    public async Task<IReadOnlyList<PlanMonthView>> MonthsAsync(DateTime from, DateTime? to, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var months = new List<PlanMonthView>();
        var end = to ?? time.GetUtcNow().UtcDateTime;
        for (var month = Shares.StartOfMonth(from); month <= end; month = month.AddMonths(1))
        {
            var (start, stop) = (month > from ? month : from, month.AddMonths(1));
            if (to < stop)
                stop = to.Value;
            if (start < stop)
                await MonthAsync(db, month, UsageSpan.Calls(db, start, stop), months, cancel);
        }
        return months;
    }

    /// <summary>Users beyond 80% of what they were granted for the period that runs, those who are nearest to its end first.</summary>
    public async Task<IReadOnlyList<PowerUserView>> PowerUsersAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = database.CreateDbContext();
        var rows = await db.Accounts
            .Where(a => a.Allocation > 0 && a.PeriodEnd > now && a.PeriodUsed * 100 > a.Allocation * BusinessAims.PowerUserPercent)
            // In thousandths: whole numbers, which every engine divides alike.
            .OrderByDescending(a => a.PeriodUsed * 1000 / a.Allocation).ThenBy(a => a.UserId).Take(MostPowerUsers).ToListAsync(cancel);
        var users = rows.Select(a => a.UserId).ToList();
        var planOf = (await db.Subscriptions.Where(s => users.Contains(s.UserId) && Live.Contains(s.Status))
            .OrderBy(s => s.PeriodStart).Select(s => new { s.UserId, s.PlanId }).ToListAsync(cancel))
            .GroupBy(s => s.UserId).ToDictionary(g => g.Key, g => g.Last().PlanId, StringComparer.Ordinal);
        return [.. rows.Select(a => View(a, planOf.GetValueOrDefault(a.UserId)))];
    }

    private async Task MonthAsync(GatewayDb db, DateTime month, IQueryable<Used> calls, List<PlanMonthView> months, CancellationToken cancel)
    {
        var (start, end) = (Earnings.Ms(month), Earnings.Ms(month.AddMonths(1)));
        // Whoever paid for no plan, and for each plan those who paid for some of this month.
        var paying = db.Payments.Where(p => p.PeriodStart < end && p.PeriodEnd > start);
        var plans = aims.Plans();
        foreach (var plan in plans)
        {
            var members = Accounts(db, paying.Where(p => p.OfferId == plan.Id));
            Add(months, month, plan.Id, plan.Name, plan.TargetTokens, await SumAsync(calls.Where(u => members.Contains(u.AccountId)), cancel));
        }
        var ids = plans.Select(plan => plan.Id).ToList();
        var subscribers = Accounts(db, paying.Where(p => ids.Contains(p.OfferId)));
        Add(months, month, null, "No plan", null, await SumAsync(calls.Where(u => !subscribers.Contains(u.AccountId)), cancel));
    }

    private static IQueryable<long> Accounts(GatewayDb db, IQueryable<PaymentRow> payments) =>
        db.Accounts.Where(a => payments.Any(p => p.UserId == a.UserId)).Select(a => a.Id);

    private static async Task<(long Users, long Tokens)> SumAsync(IQueryable<Used> calls, CancellationToken cancel)
    {
        var users = await calls.Where(u => u.Calls > 0).Select(u => u.AccountId).Distinct().LongCountAsync(cancel);
        return (users, users == 0 ? 0 : await calls.SumAsync(u => u.Tokens, cancel));
    }

    private static void Add(List<PlanMonthView> months, DateTime month, string? plan, string name, long? target, (long Users, long Tokens) sum)
    {
        if (sum.Users == 0)
            return;
        var average = Shares.Average(sum.Tokens, sum.Users);
        months.Add(new PlanMonthView(month.ToString("yyyy-MM", CultureInfo.InvariantCulture), plan, name, sum.Users, sum.Tokens, average, target, target is null ? null : average < target));
    }

    private static PowerUserView View(AccountRow a, string? plan) => new(
        a.UserId, plan, a.PeriodUsed, a.Allocation, Shares.Percent(a.PeriodUsed, a.Allocation) ?? 0, a.Balance, Words.Time(a.PeriodEnd));
}
