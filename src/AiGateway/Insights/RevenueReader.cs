using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <summary>
/// One payment's part for one lot, as it earns: evenly over the period that it paid for, at once where it paid for none. What was given back
/// was never earned.
/// </summary>
/// <param name="NetNanoUsd">What is left of it after refunds and lost disputes.</param>
/// <param name="StartMs">Equal to <paramref name="EndMs"/>: earned in that moment.</param>
internal readonly record struct Earning(long NetNanoUsd, long StartMs, long EndMs)
{
    /// <summary>Earned from <paramref name="fromMs"/> on and before <paramref name="toMs"/>. Adjoining spans add up exactly.</summary>
    public long Within(long fromMs, long toMs) =>
        EndMs <= StartMs
            ? StartMs >= fromMs && StartMs < toMs ? NetNanoUsd : 0
            : Until(toMs) - Until(fromMs);

    private long Until(long atMs) => (long)((Int128)NetNanoUsd * (Math.Clamp(atMs, StartMs, EndMs) - StartMs) / (EndMs - StartMs));
}

/// <summary>Everything that earns within a span.</summary>
/// <param name="OtherCurrencies">Payments that are left out because they are not in USD.</param>
internal sealed record Earnings(IReadOnlyList<Earning> All, int OtherCurrencies)
{
    public long Within(DateTime from, DateTime to)
    {
        var (start, end) = (Ms(from), Ms(to));
        return All.Sum(earning => earning.Within(start, end));
    }

    public static long Ms(DateTime at) => (at.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
}

/// <summary>Revenue, recognised day by day over the time that was paid for.</summary>
internal sealed class RevenueReader(IDbContextFactory<GatewayDb> database)
{
    private const string Usd = "usd";
    private const long NanoPerCent = 10_000_000;

    public async Task<Earnings> ReadAsync(DateTime from, DateTime to, CancellationToken cancel)
    {
        var (start, end) = (Earnings.Ms(from), Earnings.Ms(to));
        await using var db = database.CreateDbContext();
        var paid = await db.Payments
            .Where(p => p.Charged > 0)
            .Where(p => p.PeriodStart != null && p.PeriodEnd != null ? p.PeriodStart < end && p.PeriodEnd > start : p.CreatedAt >= start && p.CreatedAt < end)
            .Select(p => new
            {
                p.Tokens, p.Charged, p.Currency, p.InvoiceId, p.PaymentIntentId, p.PeriodStart, p.PeriodEnd, p.CreatedAt,
                // One invoice may pay for several lots, and each of their rows names the whole amount.
                OfInvoice = p.InvoiceId == null ? p.Tokens : db.Payments.Where(o => o.InvoiceId == p.InvoiceId).Sum(o => o.Tokens),
            }).ToListAsync(cancel);
        var returned = await ReturnedAsync(db, cancel);
        var earnings = new List<Earning>(paid.Count);
        foreach (var p in paid.Where(p => p.Currency == Usd))
        {
            var net = p.Charged - Math.Min(p.Charged, returned.Of(p.InvoiceId, p.PaymentIntentId));
            var nano = (long)((Int128)net * NanoPerCent * p.Tokens / Math.Max(1, p.OfInvoice));
            earnings.Add(new Earning(nano, p.PeriodStart ?? p.CreatedAt, p.PeriodEnd ?? p.CreatedAt));
        }
        return new Earnings(earnings, paid.Count(p => p.Currency != Usd));
    }

    /// <summary>Money that went back for good, by the payment that it belongs to. There are few: all of it is read.</summary>
    private static async Task<Returned> ReturnedAsync(GatewayDb db, CancellationToken cancel)
    {
        var claims = await db.PaymentClaims
            .Where(c => (c.Kind == "refund" && c.Status == "succeeded") || (c.Kind == "dispute" && c.Status == "lost"))
            .Select(c => new { c.PaymentIntentId, c.Amount }).ToListAsync(cancel);
        if (claims.Count == 0)
            return new Returned([], []);
        var byIntent = claims.GroupBy(c => c.PaymentIntentId).ToDictionary(g => g.Key, g => g.Sum(c => c.Amount), StringComparer.Ordinal);
        var links = await db.InvoicePayments
            .Where(i => db.PaymentClaims.Any(c => c.PaymentIntentId == i.PaymentIntentId))
            .Select(i => new { i.InvoiceId, i.PaymentIntentId }).ToListAsync(cancel);
        return new Returned(byIntent, links.GroupBy(i => i.InvoiceId)
            .ToDictionary(g => g.Key, g => g.Sum(i => byIntent.GetValueOrDefault(i.PaymentIntentId)), StringComparer.Ordinal));
    }

    private sealed record Returned(Dictionary<string, long> ByIntent, Dictionary<string, long> ByInvoice)
    {
        public long Of(string? invoice, string? intent) =>
            Math.Max(invoice is null ? 0 : ByInvoice.GetValueOrDefault(invoice), intent is null ? 0 : ByIntent.GetValueOrDefault(intent));
    }
}
