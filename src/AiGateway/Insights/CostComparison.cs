using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>What a provider says that it billed.</summary>
internal interface IProviderCosts
{
    /// <summary>No key is set to ask with.</summary>
    bool IsOff { get; }

    /// <summary>Billed on whole UTC days, from the first and before the second.</summary>
    /// <returns>USD, or why there is no figure.</returns>
    Task<(decimal? Usd, string? Why)> ReadAsync(DateTime from, DateTime to, CancellationToken cancel);
}

/// <summary>Holds our cost against the provider's own report: what was billed and not charged here, or priced wrongly here, shows as a difference.</summary>
internal sealed class CostComparison(IDbContextFactory<GatewayDb> database, IProviderCosts provider, TimeProvider time)
{
    /// <param name="to">Null: until now.</param>
    public async Task<ProviderComparison> ReadAsync(DateTime from, DateTime? to, CancellationToken cancel)
    {
        if (provider.IsOff)
            return new ProviderComparison("off", null, 0, null, null, null);
        var today = time.GetUtcNow().UtcDateTime.Date;
        var first = from == from.Date ? from : from.Date.AddDays(1);
        var end = to is { } until && until < today ? until.Date : today;
        if (first >= end)
            return new ProviderComparison("unavailable", "there is no whole day in this time", 0, null, null, null);
        var (usd, why) = await provider.ReadAsync(first, end, cancel);
        if (usd is not { } billed)
            return new ProviderComparison("unavailable", why, 0, null, null, null);
        await using var db = database.CreateDbContext();
        var ours = await UsageSpan.All(db, first, end).SumAsync(u => u.CostNanoUsd, cancel);
        var nano = decimal.Round(billed * 1_000_000_000m);
        return new ProviderComparison("ok", null, (end - first).Days, Words.Usd((long)nano), Words.Usd(ours), Shares.Percent(ours - nano, nano));
    }
}
