using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Usage;

namespace AiGateway.Pipeline.Admission;

/// <summary>How many tokens a call may use: input bound + n × output bound.</summary>
internal readonly record struct HoldEstimate(long InputCeiling, long LikelyInput, long OutputCeiling, long LikelyOutput)
{
    /// <summary>In nano-USD per 1M tokens.</summary>
    private const long ReferenceRate = PriceBook.ReferenceNanoUsdPerToken * 1_000_000;

    public long Amount => InputCeiling + OutputCeiling;

    public static bool TakesHold(UsageFormat format, string method) =>
        format is not (UsageFormat.None or UsageFormat.Stored or UsageFormat.OpenAiModerations) && (HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method));

    /// <summary>
    /// Files travel as multipart and stream. Whatever is JSON by its route is read as JSON, so that no content type hides a body from the meter.
    /// </summary>
    public static bool ReadsBody(UsageFormat format, string? contentType) => format switch
    {
        UsageFormat.OpenAiImages or UsageFormat.OpenAiTranscription => !Is(contentType, "multipart/"),
        UsageFormat.Auto or UsageFormat.OpenAiJobs or UsageFormat.OpenAiBatches or UsageFormat.OpenAiRealtime => contentType is null || Is(contentType, "application/json"),
        _ => true,
    };

    /// <summary>Calls that often have no body, such as the cancelling of a job; without one they cost nothing.</summary>
    public static bool MayBeEmpty(UsageFormat format) => format is UsageFormat.Auto or UsageFormat.OpenAiJobs or UsageFormat.OpenAiBatches or UsageFormat.OpenAiRealtime;

    private static bool Is(string? contentType, string beginning) => contentType?.StartsWith(beginning, StringComparison.OrdinalIgnoreCase) == true;

    public static HoldEstimate Of(MeteredRoute route, RequestFacts? facts)
    {
        if (facts is null || IsFlat(route.Format))
            return new HoldEstimate(route.FlatTokens, route.FlatTokens, 0, 0);
        var perChoice = facts.MaxOutputTokens ?? route.DefaultMaxOutputTokens;
        return new HoldEstimate(
            Estimates.InputCeiling(facts), Estimates.InputTokens(facts),
            Saturate(perChoice, facts.Choices), Saturate(Math.Min(perChoice, Math.Max(route.DefaultMaxOutputTokens, 1)), facts.Choices));
    }

    public PresumedUse Presumed(MeteredRoute route, TokenRates rates) =>
        route.ChargeBy == ChargeBy.Cost
            ? new PresumedUse(Amount, 0, ReferenceRate, ReferenceRate, rates.PriceVersion)
            : new PresumedUse(Math.Min(LikelyInput, InputCeiling), LikelyOutput, rates.InputNanoUsdPerMillion, rates.OutputNanoUsdPerMillion, rates.PriceVersion);

    private static bool IsFlat(UsageFormat format) => format is UsageFormat.Auto or UsageFormat.OpenAiBatches or UsageFormat.OpenAiJobs;

    /// <summary>A limit beyond any cap stays beyond it, instead of running over.</summary>
    private static long Saturate(long perChoice, int choices) =>
        perChoice > long.MaxValue / 4 / choices ? long.MaxValue / 4 : perChoice * choices;
}
