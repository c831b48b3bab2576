namespace AiGateway.Storage.Tables;

/// <summary>stripe_events: the inbox. A row is durable before Stripe is thanked for it, and stays when it was applied.</summary>
internal sealed record StripeEventRow
{
    public required string EventId { get; init; }
    public required string Type { get; init; }
    public required string Payload { get; init; }
    /// <summary>0 waiting, 1 applied, 2 parked until an operator acts, 3 none of our business.</summary>
    public int State { get; init; }
    public int Attempts { get; init; }
    public long NextTryAt { get; init; }
    /// <summary>Why it waits, is parked or was left alone.</summary>
    public string? Note { get; init; }
    /// <summary>The customer that it speaks of, so that linking one finds what waits for it.</summary>
    public string? CustomerId { get; init; }
    public long ReceivedAt { get; init; }
    public long ClosedAt { get; init; }
}
