using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>What calls of one action usually use, in tokens: the median, and what nine in ten stay within.</summary>
internal sealed record TypicalUse(long Low, long High);

/// <summary>Looks at past charges of an action: the user's own, else everyone's.</summary>
internal sealed class TypicalReader(IDbContextFactory<GatewayDb> database)
{
    /// <summary>Enough for a steady median; older calls say little of the next one.</summary>
    private const int Calls = 200;

    /// <summary>Rows looked at in search of them: an action that nobody takes must not read the whole table.</summary>
    private const int RowsLookedAt = 10_000;

    /// <summary>The action in whose number people think of a sum of tokens.</summary>
    private const string Chat = "chat";

    /// <summary>What a chat is taken to use while nobody has had one: the middle of what chats were planned to use, 2,000 to 5,000.</summary>
    private const long PlannedChat = 3_500;

    /// <summary>What one chat of this user usually uses; at least 1.</summary>
    public async Task<long> ChatAsync(string userId, CancellationToken cancel) => Math.Max(1, (await OfAsync(userId, Chat, cancel))?.Low ?? PlannedChat);

    /// <returns>Null: nobody has called it lately.</returns>
    public async Task<TypicalUse?> OfAsync(string userId, string action, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var account = await db.Accounts.AsNoTracking().Where(a => a.UserId == userId).Select(a => (long?)a.Id).SingleOrDefaultAsync(cancel);
        var tokens = await TokensAsync(db.TokenTransactions.Where(t => t.AccountId == account).OrderByDescending(t => t.Seq), action, cancel);
        if (tokens.Count == 0)
            tokens = await TokensAsync(db.TokenTransactions.OrderByDescending(t => t.CreatedAt), action, cancel);
        return tokens.Count == 0 ? null : new TypicalUse(Percentile(tokens, 50), Percentile(tokens, 90));
    }

    /// <summary>The nearest rank: a figure that some call really used.</summary>
    /// <param name="tokens">In ascending order; not empty.</param>
    public static long Percentile(IReadOnlyList<long> tokens, int percent) => tokens[Math.Max(0, (tokens.Count * percent + 99) / 100 - 1)];

    private static async Task<List<long>> TokensAsync(IQueryable<TokenTransactionRow> newestFirst, string action, CancellationToken cancel)
    {
        var tokens = await newestFirst.AsNoTracking().Take(RowsLookedAt)
            .Where(t => t.Entry == "usage" && t.ActionType == action).Take(Calls).Select(t => t.TokensUsed).ToListAsync(cancel);
        tokens.Sort();
        return tokens;
    }
}
