namespace AiGateway.Billing;

/// <summary>What became of an event.</summary>
/// <param name="CustomerId">Whom it waits for, where it is parked.</param>
internal sealed record EventVerdict(EventState State, string? Note = null, string? CustomerId = null)
{
    public static readonly EventVerdict Applied = new(EventState.Applied);

    /// <summary>The note of an event that is parked until its customer is linked to a user.</summary>
    public const string NobodyKnown = "no user is known for this customer";

    public static EventVerdict Ignored(string note) => new(EventState.Ignored, note);

    public static EventVerdict Parked(string note, string? customerId = null) => new(EventState.Parked, note, customerId);
}
