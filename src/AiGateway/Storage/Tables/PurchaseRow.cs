namespace AiGateway.Storage.Tables;

/// <summary>purchases: what a user asked to buy, written before Stripe hears of it. Price and tokens are ours, never the browser's.</summary>
internal sealed record PurchaseRow
{
    public required string Id { get; init; }
    public required string UserId { get; init; }
    /// <summary>plan or pack.</summary>
    public required string Kind { get; init; }
    public required string OfferId { get; init; }
    public long Tokens { get; init; }
    public long UsdCents { get; init; }
    public required string PriceId { get; init; }
    /// <summary>open, processing, paid, failed or expired. A paid one stays paid.</summary>
    public required string State { get; init; }
    public string? SessionId { get; init; }
    public string? Url { get; init; }
    public long CreatedAt { get; init; }
    public long ClosedAt { get; init; }
}
