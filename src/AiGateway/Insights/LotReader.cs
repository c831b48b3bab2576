using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>One grant.</summary>
/// <param name="Kind">trial, promo, subscription or pack.</param>
internal sealed record LotView(
    long Id, string UserId, string SourceKey, string Kind, string ActionType, long Granted, long Remaining, DateTime? ExpiresAt, DateTime CreatedAt);

/// <summary>Grants as they stand.</summary>
internal sealed class LotReader(IDbContextFactory<GatewayDb> database, TimeProvider time)
{
    public async Task<LotView?> FindAsync(long id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var found = await (
            from lot in db.TokenLots.AsNoTracking()
            join account in db.Accounts on lot.AccountId equals account.Id
            where lot.Id == id
            select new { lot, account.UserId }).SingleOrDefaultAsync(cancel);
        return found is null ? null : View(found.lot, found.UserId);
    }

    /// <summary>The grants of a user that something is left of, in the order in which they are used up.</summary>
    public async Task<IReadOnlyList<LotView>> LeftAsync(string userId, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        // An expired lot is emptied with the account's next move; until then the view leaves it out.
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var lots = await (
            from lot in db.TokenLots.AsNoTracking()
            join account in db.Accounts on lot.AccountId equals account.Id
            where account.UserId == userId && lot.Remaining > 0 && lot.EndedAt == null && (lot.ExpiresAt == null || lot.ExpiresAt > now)
            orderby lot.Priority, lot.ExpiresAt ?? long.MaxValue, lot.Id
            select lot).ToListAsync(cancel);
        return [.. lots.Select(lot => View(lot, userId))];
    }

    private static LotView View(TokenLotRow lot, string userId) => new(
        lot.Id, userId, lot.SourceKey, Words.LotKind(lot.Priority), lot.ActionType, lot.Granted, lot.Remaining,
        lot.ExpiresAt is { } at ? Words.Time(at) : null, Words.Time(lot.CreatedAt));
}
