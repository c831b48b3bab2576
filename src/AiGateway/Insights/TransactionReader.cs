using System.Globalization;
using System.Runtime.CompilerServices;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>Which rows of the ledger are wanted; null: all.</summary>
internal sealed record TransactionFilter(string? UserId, DateTime? From, DateTime? To, string? ActionType, string? Entry, string? Model = null);

/// <summary>Pages through the ledger, newest first, and follows one request.</summary>
internal sealed class TransactionReader(IDbContextFactory<GatewayDb> database)
{
    /// <param name="after">The cursor of the page before: created_at in ms, account and seq.</param>
    /// <exception cref="FormatException">The cursor is not one of ours.</exception>
    public async Task<Page<TransactionView>> ListAsync(TransactionFilter filter, string? after, int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var query = await FilteredAsync(db, filter, cancel);
        if (query is null)
            return new Page<TransactionView>([], false, null);
        if (after is not null)
            query = After(query, after, filter.UserId is not null);
        query = filter.UserId is not null
            ? query.OrderByDescending(t => t.Seq)
            : query.OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.AccountId).ThenByDescending(t => t.Seq);
        var rows = await query.Take(limit + 1).ToListAsync(cancel);
        return Paging.Of(rows, limit, TransactionView.Of, Cursor);
    }

    /// <summary>All rows that a list would page through, read while they are taken.</summary>
    public async IAsyncEnumerable<TransactionView> AllAsync(TransactionFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (string? after = null; ;)
        {
            var page = await ListAsync(filter, after, Paging.MaxLimit, cancel);
            foreach (var row in page.Data)
                yield return row;
            if (!page.HasMore)
                yield break;
            after = page.After;
        }
    }

    /// <returns>Null: no call of this user has the id, or it is too long ago and cost nothing.</returns>
    public async Task<RequestView?> RequestAsync(string userId, string requestId, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var account = await db.Accounts.AsNoTracking().Where(a => a.UserId == userId).Select(a => (long?)a.Id).SingleOrDefaultAsync(cancel);
        if (account is not { } id)
            return null;
        var hold = await db.TokenHolds.AsNoTracking().SingleOrDefaultAsync(h => h.AccountId == id && h.RequestId == requestId, cancel);
        var rows = await db.TokenTransactions.AsNoTracking().Where(t => t.AccountId == id && t.RequestId == requestId).OrderBy(t => t.Seq).ToListAsync(cancel);
        if (hold is null && rows.Count == 0)
            return null;
        return new RequestView(
            requestId, userId, hold is null ? "settled" : Words.HoldState(hold.State), hold?.ActionType ?? rows[0].ActionType, hold?.Model ?? rows[0].OpenAiModel,
            hold?.Amount ?? 0, rows.Sum(r => r.TokensUsed), rows.Count == 0 ? null : rows[^1].UsageSource,
            hold is null ? rows[0].CreatedAt : Words.Time(hold.CreatedAt), [.. rows.Select(TransactionView.Of)]);
    }

    /// <summary>The call of whoever made it.</summary>
    /// <inheritdoc cref="RequestAsync(string, string, CancellationToken)"/>
    public async Task<RequestView?> RequestAsync(string requestId, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var user = await db.TokenHolds.Where(h => h.RequestId == requestId).Join(db.Accounts, h => h.AccountId, a => a.Id, (_, a) => a.UserId).FirstOrDefaultAsync(cancel)
            ?? await db.TokenTransactions.Where(t => t.RequestId == requestId).Select(t => t.UserId).FirstOrDefaultAsync(cancel);
        return user is null ? null : await RequestAsync(user, requestId, cancel);
    }

    private static async Task<IQueryable<TokenTransactionRow>?> FilteredAsync(GatewayDb db, TransactionFilter filter, CancellationToken cancel)
    {
        var query = db.TokenTransactions.AsNoTracking();
        if (filter.UserId is not null)
        {
            var account = await db.Accounts.AsNoTracking().Where(a => a.UserId == filter.UserId).Select(a => (long?)a.Id).SingleOrDefaultAsync(cancel);
            if (account is not { } id)
                return null;
            query = query.Where(t => t.AccountId == id);
        }
        if (filter.From is { } from)
            query = query.Where(t => t.CreatedAt >= from);
        if (filter.To is { } to)
            query = query.Where(t => t.CreatedAt < to);
        if (filter.ActionType is { } action)
            query = query.Where(t => t.ActionType == action);
        if (filter.Entry is { } entry)
            query = query.Where(t => t.Entry == entry);
        if (filter.Model is { } model)
            query = query.Where(t => t.OpenAiModel == model);
        return query;
    }

    private static IQueryable<TokenTransactionRow> After(IQueryable<TokenTransactionRow> query, string after, bool ofOneUser)
    {
        var parts = after.Split('.');
        if (parts.Length != 3)
            throw new FormatException("The cursor 'after' is not one that this list gave.");
        var (at, account, seq) = (Words.Time(Number(parts[0])), Number(parts[1]), Number(parts[2]));
        return ofOneUser
            ? query.Where(t => t.Seq < seq)
            : query.Where(t => t.CreatedAt < at || (t.CreatedAt == at && (t.AccountId < account || (t.AccountId == account && t.Seq < seq))));
    }

    private static string Cursor(TokenTransactionRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{new DateTimeOffset(row.CreatedAt, TimeSpan.Zero).ToUnixTimeMilliseconds()}.{row.AccountId}.{row.Seq}");

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        ? value : throw new FormatException("The cursor 'after' is not one that this list gave.");
}
