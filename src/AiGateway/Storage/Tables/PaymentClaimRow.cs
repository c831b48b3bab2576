namespace AiGateway.Storage.Tables;

/// <summary>payment_claims: money that went back or is fought over. Kept whether or not its payment is known yet.</summary>
internal sealed record PaymentClaimRow
{
    /// <summary>re_… or dp_….</summary>
    public required string Id { get; init; }
    /// <summary>refund or dispute.</summary>
    public required string Kind { get; init; }
    public required string PaymentIntentId { get; init; }
    public long Amount { get; init; }
    /// <summary>Stripe's word, as last seen.</summary>
    public required string Status { get; init; }
    public long UpdatedAt { get; init; }
}
