namespace AiGateway.Storage.Tables;

/// <summary>stripe_customers: which of Stripe's customers is which user.</summary>
internal sealed record StripeCustomerRow
{
    public required string CustomerId { get; init; }
    public required string UserId { get; init; }
    public long CreatedAt { get; init; }
}
