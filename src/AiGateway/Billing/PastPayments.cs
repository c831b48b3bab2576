using AiGateway.Storage.Tables;

namespace AiGateway.Billing;

/// <summary>Money that came in before this gateway kept its books, and is history beside an imported ledger.</summary>
/// <param name="LotSourceKey">The lot that it paid for.</param>
/// <param name="PaymentIntentId">What claims on it name.</param>
internal sealed record PastPayment(string LotSourceKey, string UserId, string OfferId, long Tokens, long UsdCents, DateTimeOffset PaidAt, string PaymentIntentId)
{
    /// <summary>Null: a pack, which pays for no period.</summary>
    public PastPeriod? Period { get; init; }

    /// <summary>What was refunded of it, in cents.</summary>
    public long RefundedCents { get; init; }

    /// <summary>The payer's bank took it back.</summary>
    public bool IsLostDispute { get; init; }
}

internal sealed record PastPeriod(string SubscriptionId, DateTimeOffset Start, DateTimeOffset End);

/// <summary>Writes down what was paid, refunded and disputed before. It moves no token: the ledger's rows of that time say what became of those.</summary>
internal sealed class PastPayments(BillingStore store)
{
    private const string Usd = "usd";

    /// <summary>Repeats change nothing.</summary>
    public async Task RecordAsync(PastPayment payment, CancellationToken cancel)
    {
        await store.AddAsync(new PaymentRow
        {
            SourceKey = payment.LotSourceKey, UserId = payment.UserId, OfferId = payment.OfferId, Tokens = payment.Tokens, Charged = payment.UsdCents, Currency = Usd,
            PaymentIntentId = payment.PaymentIntentId, SubscriptionId = payment.Period?.SubscriptionId, PeriodStart = Ms(payment.Period?.Start),
            PeriodEnd = Ms(payment.Period?.End), CreatedAt = payment.PaidAt.ToUnixTimeMilliseconds(),
        }, cancel);
        if (payment.RefundedCents > 0)
            await ClaimAsync("re_" + payment.PaymentIntentId, PaymentClaims.Refund, payment, payment.RefundedCents, "succeeded", cancel);
        if (payment.IsLostDispute)
            await ClaimAsync("dp_" + payment.PaymentIntentId, PaymentClaims.Dispute, payment, payment.UsdCents, "lost", cancel);
    }

    /// <summary>The subscription as it stands.</summary>
    /// <param name="endedAt">Null: it runs.</param>
    public Task RecordAsync(PastPeriod period, string userId, string planId, DateTimeOffset? endedAt, CancellationToken cancel) => store.SaveAsync(new SubscriptionRow
    {
        SubscriptionId = period.SubscriptionId, CustomerId = "", UserId = userId, PlanId = planId, Status = endedAt is null ? "active" : "canceled",
        PeriodStart = period.Start.ToUnixTimeMilliseconds(), PeriodEnd = period.End.ToUnixTimeMilliseconds(), EndedAt = Ms(endedAt),
    }, cancel);

    private Task ClaimAsync(string id, string kind, PastPayment payment, long cents, string status, CancellationToken cancel) =>
        store.SaveAsync(new PaymentClaimRow { Id = id, Kind = kind, PaymentIntentId = payment.PaymentIntentId, Amount = cents, Status = status }, cancel);

    private static long? Ms(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds();
}
