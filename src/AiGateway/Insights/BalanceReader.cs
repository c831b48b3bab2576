using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>Balances and users, as they stand.</summary>
internal sealed class BalanceReader(IDbContextFactory<GatewayDb> database, TimeProvider time)
{
    private static readonly string[] Live = ["active", "trialing", "past_due"];

    /// <param name="status">The balance in one word, of balance and allocation, by the plans in force.</param>
    /// <returns>Null: nobody has seen this user yet.</returns>
    public async Task<BalanceView?> BalanceAsync(string userId, Func<long, long, string> status, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.UserId == userId, cancel);
        return account is null ? null : View(account, status(account.Balance, account.Allocation), await PlanAsync(db, userId, cancel));
    }

    /// <returns>Null: nobody has seen this user yet.</returns>
    public async Task<UserView?> UserAsync(string userId, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.UserId == userId, cancel);
        return account is null ? null : User(account);
    }

    public Task<Page<UserView>> UsersAsync(string? after, int limit, CancellationToken cancel) => UsersAsync(new UserFilter(null, null), after, limit, cancel);

    /// <summary>Users in the order of their ids.</summary>
    public async Task<Page<UserView>> UsersAsync(UserFilter filter, string? after, int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var query = db.Accounts.AsNoTracking();
        if (filter.Query?.Trim() is { Length: > 0 } part)
        {
            var lower = part.ToLowerInvariant();
            // The database lowers letters of the Latin alphabet alone; ids in others are found as they are written.
            query = query.Where(a => a.UserId.ToLower().Contains(lower) || a.UserId.Contains(part));
        }
        if (filter.Status is { } status)
        {
            var number = Words.AccountStatus(status);
            query = query.Where(a => a.Status == number);
        }
        if (after is not null)
            query = query.Where(a => string.Compare(a.UserId, after) > 0);
        var rows = await query.OrderBy(a => a.UserId).Take(limit + 1).ToListAsync(cancel);
        return Paging.Of(rows, limit, User, a => a.UserId);
    }

    /// <summary>The newest subscription that runs, and whether a period of it is over that nobody has paid the next one of.</summary>
    private async Task<(string? Plan, bool IsPending)> PlanAsync(GatewayDb db, string userId, CancellationToken cancel)
    {
        var live = await db.Subscriptions.AsNoTracking().Where(s => s.UserId == userId && Live.Contains(s.Status))
            .OrderByDescending(s => s.PeriodStart).ThenByDescending(s => s.PeriodEnd).FirstOrDefaultAsync(cancel);
        if (live is null)
            return (null, false);
        var paidUpTo = await db.Payments.Where(p => p.SubscriptionId == live.SubscriptionId).MaxAsync(p => p.PeriodEnd, cancel);
        return (live.PlanId, live.IsPaymentFailing || paidUpTo <= time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private BalanceView View(AccountRow a, string status, (string? Plan, bool IsPending) plan)
    {
        var now = time.GetUtcNow();
        // The account rolls its period over with its next move; until then the view does.
        var isOver = a.PeriodEnd <= now.ToUnixTimeMilliseconds();
        var resetsAt = isOver ? new DateTime(now.Year, now.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1) : Words.Time(a.PeriodEnd);
        return new BalanceView(a.UserId, a.Balance, a.Held, a.Balance - a.Held, a.Allocation, isOver ? 0 : a.PeriodUsed, resetsAt, plan.IsPending, status, plan.Plan);
    }

    private static UserView User(AccountRow a) =>
        new(a.UserId, Words.AccountStatus(a.Status), a.Balance, a.Held, a.Allocation, Words.Time(a.CreatedAt));
}
