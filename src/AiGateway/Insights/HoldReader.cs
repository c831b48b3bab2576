using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>Which holds are wanted; null: all of them.</summary>
/// <param name="IsOpen">False: those that ended without a charge.</param>
internal sealed record HoldFilter(bool IsOpen, string? UserId, string? ActionType, string? Model);

/// <summary>Holds as they stand: open ones first of all.</summary>
internal sealed class HoldReader(IDbContextFactory<GatewayDb> database, Connections plain)
{
    /// <summary>Open holds in the order of their ids, which is that of their making.</summary>
    public async Task<Page<HoldView>> OpenAsync(string? userId, string? after, int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var query =
            from hold in db.TokenHolds.AsNoTracking()
            join account in db.Accounts on hold.AccountId equals account.Id
            where hold.State < 2
            select new { hold, account.UserId };
        if (userId is not null)
            query = query.Where(x => x.UserId == userId);
        if (after is not null)
            query = query.Where(x => string.Compare(x.hold.RequestId, after) > 0);
        var rows = await query.OrderBy(x => x.hold.RequestId).Take(limit + 1).ToListAsync(cancel);
        return Paging.Of(rows, limit, x => View(x.hold, x.UserId), x => x.hold.RequestId);
    }

    /// <summary>Newest first, because their ids begin with their time; closed ones are kept for a week.</summary>
    public async Task<Page<HoldView>> ListAsync(HoldFilter filter, string? after, int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var query =
            from hold in db.TokenHolds.AsNoTracking()
            join account in db.Accounts on hold.AccountId equals account.Id
            where filter.IsOpen ? hold.State < 2 : hold.State == 3 || hold.State == 4
            select new { hold, account.UserId };
        if (filter.UserId is { } user)
            query = query.Where(x => x.UserId == user);
        if (filter.ActionType is { } action)
            query = query.Where(x => x.hold.ActionType == action);
        if (filter.Model is { } model)
            query = query.Where(x => x.hold.Model == model);
        if (after is not null)
            query = query.Where(x => string.Compare(x.hold.RequestId, after) < 0);
        var rows = await query.OrderByDescending(x => x.hold.RequestId).Take(limit + 1).ToListAsync(cancel);
        return Paging.Of(rows, limit, x => View(x.hold, x.UserId), x => x.hold.RequestId);
    }

    /// <remarks>Asked for at every start and often after it: a plain statement, so that EF's model is made when somebody looks at a page.</remarks>
    /// <returns>Over all nodes; the oldest's making in Unix milliseconds, 0: there is none.</returns>
    public async Task<(long Count, long Tokens, long OldestMs)> OpenTotalsAsync(CancellationToken cancel)
    {
        await using var connection = await plain.OpenAsync(cancel);
        await using var command = connection.Statement("SELECT CAST(count(*) AS bigint), COALESCE(sum(amount), 0), COALESCE(min(created_at), 0) FROM token_holds WHERE state < 2");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)) : (0, 0, 0);
    }

    /// <returns>Null: no such hold (or purged a week after it closed).</returns>
    public async Task<HoldView?> FindAsync(string requestId, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var found = await (
            from hold in db.TokenHolds.AsNoTracking()
            join account in db.Accounts on hold.AccountId equals account.Id
            where hold.RequestId == requestId
            select new { hold, account.UserId }).FirstOrDefaultAsync(cancel);
        return found is null ? null : View(found.hold, found.UserId);
    }

    private static HoldView View(Storage.Tables.TokenHoldRow h, string userId) =>
        new(h.RequestId, userId, Words.HoldState(h.State), h.Amount, h.Charged, h.ActionType, h.Model, Words.Time(h.CreatedAt), Words.Time(h.ExpiresAt));
}
