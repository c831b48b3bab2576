namespace AiGateway.Storage.Tables;

/// <summary>subscriptions: a mirror of Stripe's, always written from a fresh look at the object, never from an event's copy.</summary>
internal sealed record SubscriptionRow
{
    public required string SubscriptionId { get; init; }
    public required string CustomerId { get; init; }
    public required string UserId { get; init; }
    public string? PlanId { get; init; }
    /// <summary>Stripe's word: active, trialing, past_due, canceled, …</summary>
    public required string Status { get; init; }
    public long PeriodStart { get; init; }
    public long PeriodEnd { get; init; }
    public bool CancelAtPeriodEnd { get; init; }
    public long? EndedAt { get; init; }
    /// <summary>Periods that end up to here get no grace: their renewal's invoice was given up. 0: none.</summary>
    public long NoGraceUpTo { get; init; }
    /// <summary>The last payment for it failed, and none came since.</summary>
    public bool IsPaymentFailing { get; init; }
    /// <summary>The subscription that its user pays for already: this one grants nothing and its money goes back. Null: it is the only one.</summary>
    public string? SecondOf { get; init; }
    public long UpdatedAt { get; init; }
}
