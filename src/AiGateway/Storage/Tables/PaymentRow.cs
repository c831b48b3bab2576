namespace AiGateway.Storage.Tables;

/// <summary>payments: the money behind a lot. Refunds and disputes find their lot here, and revenue its days.</summary>
internal sealed record PaymentRow
{
    /// <summary>The lot's source key.</summary>
    public required string SourceKey { get; init; }
    public required string UserId { get; init; }
    public required string OfferId { get; init; }
    public long Tokens { get; init; }
    /// <summary>What the whole payment charged, in the currency's smallest unit.</summary>
    public long Charged { get; init; }
    public required string Currency { get; init; }
    public string? InvoiceId { get; init; }
    public string? PaymentIntentId { get; init; }
    public string? SubscriptionId { get; init; }
    public long? PeriodStart { get; init; }
    public long? PeriodEnd { get; init; }
    /// <summary>0 in a row to be written: now.</summary>
    public long CreatedAt { get; init; }
}
