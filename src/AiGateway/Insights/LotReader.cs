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
        var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.UserId == userId, cancel);
        if (account is null)
            return [];
        // An expired lot is emptied with the account's next move; until then the view leaves it out.
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var lots = await db.TokenLots.AsNoTracking()
            .Where(lot => lot.AccountId == account.Id && lot.Remaining > 0 && lot.EndedAt == null && (lot.ExpiresAt == null || lot.ExpiresAt > now))
            .OrderBy(lot => lot.Priority).ThenBy(lot => lot.ExpiresAt ?? long.MaxValue).ThenBy(lot => lot.Id).ToListAsync(cancel);
        return [.. Burnt(lots, account.Unattributed).Select(lot => View(lot, userId))];
    }

    /// <summary>What was used is taken off the lots later, with a move that needs them; the view does it now.</summary>
    private static IEnumerable<TokenLotRow> Burnt(IEnumerable<TokenLotRow> lots, long used)
    {
        foreach (var lot in lots)
        {
            var taken = Math.Min(lot.Remaining, used);
            used -= taken;
            if (taken < lot.Remaining)
                yield return lot with { Remaining = lot.Remaining - taken };
        }
    }

    private static LotView View(TokenLotRow lot, string userId) => new(
        lot.Id, userId, lot.SourceKey, Words.LotKind(lot.Priority), lot.ActionType, lot.Granted, lot.Remaining,
        lot.ExpiresAt is { } at ? Words.Time(at) : null, Words.Time(lot.CreatedAt));
}
