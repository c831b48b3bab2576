using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>A model as the ledger names it, and what was charged for it.</summary>
internal sealed record UsedModel(string Model, long Calls, long Tokens, string CostUsd, DateTime LastUsedOn);

/// <summary>Which models the ledger has seen.</summary>
internal sealed class ModelReader(IDbContextFactory<GatewayDb> database)
{
    /// <summary>Every model that a charge names, the costliest first.</summary>
    public async Task<IReadOnlyList<UsedModel>> UsedAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var rows = await db.UsageDaily.AsNoTracking().Where(u => u.Model != "").GroupBy(u => u.Model)
            .Select(g => new { Model = g.Key, Calls = g.Sum(u => u.Calls), Tokens = g.Sum(u => u.Tokens), Cost = g.Sum(u => u.CostNanoUsd), Day = g.Max(u => u.Day) })
            .OrderByDescending(m => m.Cost).ThenBy(m => m.Model).ToListAsync(cancel);
        return [.. rows.Select(m => new UsedModel(m.Model, m.Calls, m.Tokens, Words.Usd(m.Cost), DateTime.UnixEpoch.AddDays(m.Day)))];
    }

    /// <returns>Null: the ledger is empty.</returns>
    public async Task<DateTime?> NewestRowAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.TokenTransactions.AsNoTracking().OrderByDescending(t => t.CreatedAt).Select(t => (DateTime?)t.CreatedAt).FirstOrDefaultAsync(cancel);
    }
}
