using System.Diagnostics.Metrics;

namespace AiGateway.Telemetry;

/// <summary>What is counted and measured as it happens. What is looked up instead is in <see cref="Gauges"/>. Seconds, tokens.</summary>
internal static class Instruments
{
    private static readonly Meter Source = new(Names.Gateway);

    /// <summary>From a millisecond to the eleven minutes that a silent reasoning call may take.</summary>
    private static readonly InstrumentAdvice<double> CallSeconds = new() { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 660] };

    /// <summary>What is ours takes a thousandth of that.</summary>
    private static readonly InstrumentAdvice<double> OurSeconds = new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] };

    private static readonly InstrumentAdvice<long> TokenCounts = new() { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576] };

    public static readonly Histogram<long> TokenUsage = Source.CreateHistogram(Names.TokenUsage, "{token}", "Tokens that providers reported, by kind.", null, TokenCounts);
    public static readonly Histogram<double> OperationDuration = Source.CreateHistogram(Names.OperationDuration, "s", "From sending a call up to the end of its answer.", null, CallSeconds);
    public static readonly Histogram<double> TimeToFirstChunk = Source.CreateHistogram(Names.TimeToFirstChunk, "s", "From sending a call up to the first bytes of its answer.", null, CallSeconds);

    public static readonly Counter<long> Refusals = Source.CreateCounter<long>(Names.Refusals, description: "Refused calls, by code.");
    public static readonly Counter<long> UpstreamErrors = Source.CreateCounter<long>(Names.UpstreamErrors, description: "Calls that the provider answered with an error or not at all, by status or cause.");
    public static readonly Histogram<double> HoldRatio = Source.CreateHistogram(Names.HoldRatio, "1", "Charged tokens for each held one.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2] });
    public static readonly Histogram<double> SettleDuration = Source.CreateHistogram(Names.SettleDuration, "s", "From the end of an answer until its charge or release is durable.", null, OurSeconds);
    public static readonly Histogram<double> Overhead = Source.CreateHistogram(Names.Overhead, "s", "What a call took besides its provider: before it went up, and after its answer ended.", null, OurSeconds);
    public static readonly Histogram<long> LedgerBatchSize = Source.CreateHistogram(Names.LedgerBatchSize, "{move}", "Moves that shared a transaction.", null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] });

    public static readonly Counter<long> ReadersDropped = Source.CreateCounter<long>(Names.ReadersDropped, description: "Usage readers that threw and were dropped.");
    public static readonly Counter<long> LogLinesDropped = Source.CreateCounter<long>(Names.LogLinesDropped, description: "Request lines that found the log's queue full.");
    public static readonly Counter<long> PriceMissing = Source.CreateCounter<long>(Names.PriceMissing, description: "Charges at the ceiling price, by model.");
    public static readonly Counter<long> StripeEvents = Source.CreateCounter<long>(Names.StripeEvents, description: "Stripe's events that came to their end, by state.");
    public static readonly Histogram<long> StripeLag = Source.CreateHistogram<long>(Names.StripeLag, "ms", "Time between an event's arrival and its effect.", null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [10, 100, 1_000, 5_000, 30_000, 60_000, 300_000, 3_600_000] });
    public static readonly Counter<long> Spooled = Source.CreateCounter<long>(Names.SpoolKept, description: "Charges that the database did not take and that were kept on local disk.");
    public static readonly Counter<long> Replayed = Source.CreateCounter<long>(Names.SpoolReplayed, description: "Kept charges of dead processes that were brought to the ledger.");
    public static readonly Counter<long> DoubleSubscriptions = Source.CreateCounter<long>(Names.DoubleSubscriptions, description: "Sightings of a user with two live subscriptions.");

    private static readonly Counter<long> TokensCharged = Source.CreateCounter<long>(Names.TokensCharged, "{token}", "Tokens charged by rows that this node wrote, by action and source.");
    private static readonly Counter<long> TokensGranted = Source.CreateCounter<long>(Names.TokensGranted, "{token}", "Tokens granted by rows that this node wrote, by action.");
    private static readonly Counter<double> Cost = Source.CreateCounter<double>(Names.Cost, "{USD}", "What the provider bills for rows that this node wrote, by model; USD.");
    private static readonly Counter<long> Limits = Source.CreateCounter<long>(Names.LimitReached, description: "Refusals because something had grown to its limit, by limit.");

    /// <summary>What has never happened stands at zero, so that the first time is seen as a step. Call it when somebody listens.</summary>
    public static void ShowZeros()
    {
        foreach (var counter in (Counter<long>[])[ReadersDropped, LogLinesDropped, Spooled, Replayed, DoubleSubscriptions])
            counter.Add(0);
    }

    /// <param name="limit">Its name in docs/operations.md.</param>
    public static void LimitReached(string limit) => Limits.Add(1, new KeyValuePair<string, object?>(Names.Limit, limit));

    public static void Refused(string code) => Refusals.Add(1, new KeyValuePair<string, object?>(Names.Code, code));

    /// <param name="code">The provider's status, or what kept its answer away.</param>
    public static void Failed(string code) => UpstreamErrors.Add(1, new KeyValuePair<string, object?>(Names.Code, code));

    /// <summary>A committed row of usage. Counters only grow: what a correction gives back is in the books alone.</summary>
    /// <param name="costNanoUsd">Billionths of a US dollar; one that counts is not money any more, so it may be a double.</param>
    public static void Charged(string action, string? source, string? model, long tokens, long costNanoUsd)
    {
        if (tokens > 0)
            TokensCharged.Add(tokens, new(Names.Action, action), new(Names.Source, source));
        if (costNanoUsd > 0)
            Cost.Add(costNanoUsd / 1e9, new KeyValuePair<string, object?>(Names.Model, model ?? Names.OtherModel));
    }

    public static void Granted(string action, long tokens) => TokensGranted.Add(tokens, new KeyValuePair<string, object?>(Names.Action, action));
}
