using System.Diagnostics.Metrics;

namespace AiGateway.Telemetry;

/// <summary>Every metric's name, in one place.</summary>
internal static class Instruments
{
    public const string MeterName = "AiGateway";

    private static readonly Meter Source = new(MeterName);

    public static readonly Counter<long> Refusals = Source.CreateCounter<long>("aigateway.refusals", description: "Refused calls, by code.");
    public static readonly Counter<long> TokensCharged = Source.CreateCounter<long>("aigateway.tokens.charged", "{token}", "Tokens charged, by action and source.");
    public static readonly Counter<long> ReadersDropped = Source.CreateCounter<long>("aigateway.readers.dropped", description: "Usage readers that threw and were dropped.");
    public static readonly Counter<long> LogLinesDropped = Source.CreateCounter<long>("aigateway.log.dropped", description: "Request lines that found the log's queue full.");
    public static readonly Counter<long> PriceMissing = Source.CreateCounter<long>("aigateway.price.missing", description: "Charges at the ceiling price, by model.");
    public static readonly Counter<long> StripeEvents = Source.CreateCounter<long>("aigateway.stripe.events", description: "Stripe's events that came to their end, by state.");
    public static readonly Histogram<long> StripeLag = Source.CreateHistogram<long>("aigateway.stripe.lag", "ms", "Time between an event's arrival and its effect.");
    public static readonly Counter<long> Spooled = Source.CreateCounter<long>("aigateway.spool.kept", description: "Charges that the database did not take and that were kept on local disk.");
    public static readonly Counter<long> Replayed = Source.CreateCounter<long>("aigateway.spool.replayed", description: "Kept charges of dead processes that were brought to the ledger.");
    public static readonly Counter<long> DoubleSubscriptions = Source.CreateCounter<long>("aigateway.stripe.double_subscriptions", description: "Sightings of a user with two live subscriptions.");

    private static readonly Counter<long> Limits = Source.CreateCounter<long>("aigateway.limit.reached", description: "Refusals because something had grown to its limit, by limit.");

    /// <param name="limit">Its name in docs/operations.md.</param>
    public static void LimitReached(string limit) => Limits.Add(1, new KeyValuePair<string, object?>("limit", limit));
}
