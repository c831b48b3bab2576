using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>One grant.</summary>
internal sealed record LotView(long Id, string UserId, string SourceKey, string ActionType, long Granted, long Remaining, DateTime? ExpiresAt, DateTime CreatedAt);

/// <summary>Grants as they stand.</summary>
internal sealed class LotReader(IDbContextFactory<GatewayDb> database)
{
    public async Task<LotView?> FindAsync(long id, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var found = await (
            from lot in db.TokenLots.AsNoTracking()
            join account in db.Accounts on lot.AccountId equals account.Id
            where lot.Id == id
            select new { lot, account.UserId }).SingleOrDefaultAsync(cancel);
        return found is null ? null : new LotView(
            id, found.UserId, found.lot.SourceKey, found.lot.ActionType, found.lot.Granted, found.lot.Remaining,
            found.lot.ExpiresAt is { } at ? Words.Time(at) : null, Words.Time(found.lot.CreatedAt));
    }
}
