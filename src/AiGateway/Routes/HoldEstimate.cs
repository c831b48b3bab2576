using AiGateway.Usage;

namespace AiGateway.Routes;

/// <summary>How many tokens a call may use: input bound + n × output bound. One piece of arithmetic for holds and for estimates.</summary>
internal readonly record struct HoldEstimate(long InputCeiling, long LikelyInput, long OutputCeiling, long LikelyOutput)
{
    private static readonly HashSet<string> Writes = new(StringComparer.OrdinalIgnoreCase) { "POST", "PUT", "PATCH" };

    public long Amount => InputCeiling + OutputCeiling;

    public static bool TakesHold(UsageFormat format, string method) =>
        format is not (UsageFormat.None or UsageFormat.Stored or UsageFormat.OpenAiModerations) && Writes.Contains(method);

    /// <summary>
    /// Files travel as multipart and stream. Whatever is JSON by its route is read as JSON, so that no content type hides a body from the meter.
    /// </summary>
    public static bool ReadsBody(UsageFormat format, string? contentType) => format switch
    {
        _ when IsForm(format) => !Is(contentType, "multipart/"),
        UsageFormat.Auto or UsageFormat.OpenAiJobs or UsageFormat.OpenAiBatches or UsageFormat.OpenAiRealtime => contentType is null || Is(contentType, "application/json"),
        _ => true,
    };

    /// <summary>Kinds whose files travel with the fields that say what is asked for.</summary>
    public static bool IsForm(UsageFormat format) => format is UsageFormat.OpenAiImages or UsageFormat.OpenAiTranscription;

    /// <summary>Calls that often have no body, such as the cancelling of a job; without one they cost nothing.</summary>
    public static bool MayBeEmpty(UsageFormat format) => format is UsageFormat.Auto or UsageFormat.OpenAiJobs or UsageFormat.OpenAiBatches or UsageFormat.OpenAiRealtime;

    private static bool Is(string? contentType, string beginning) => contentType?.StartsWith(beginning, StringComparison.OrdinalIgnoreCase) == true;

    public static HoldEstimate Of(MeteredRoute route, RequestFacts? facts)
    {
        // How long sound is, nothing in front of it says.
        if (facts is null || IsFlat(route.Format) || facts is { IsForm: true } && route.Format is UsageFormat.OpenAiTranscription)
            return new HoldEstimate(route.FlatTokens, route.FlatTokens, 0, 0);
        var perChoice = OutputOfOneChoice(route, facts);
        return new HoldEstimate(
            Estimates.InputCeiling(facts), Estimates.InputTokens(facts),
            Saturate(perChoice, facts.Choices), Saturate(Math.Min(perChoice, Math.Max(route.DefaultMaxOutputTokens, 1)), facts.Choices));
    }

    /// <summary>The output that is held for, of each choice: the caller's own limit, unless there may be none.</summary>
    public static long OutputOfOneChoice(MeteredRoute route, RequestFacts facts) => (facts.MaxOutputTokens, facts.HasUnclearLimit) switch
    {
        (null, _) => route.DefaultMaxOutputTokens,
        ({ } limit, true) => Math.Max(limit, route.DefaultMaxOutputTokens),
        ({ } limit, false) => limit,
    };

    /// <summary>The same call with its text counted instead of bounded: for calls that the bound would refuse.</summary>
    /// <param name="json">The body that <paramref name="facts"/> were read off.</param>
    /// <param name="limit">What the amount has to stay within; text beyond that needs no exact count.</param>
    public HoldEstimate Counted(MeteredRoute route, RequestFacts facts, ReadOnlySpan<byte> json, long limit)
    {
        if (IsFlat(route.Format))
            return this;
        var tokens = RequestReader.CountText(route.Format, json, new TokenCounter(limit));
        return this with { InputCeiling = Math.Min(InputCeiling, Estimates.InputCeiling(facts with { TextBytes = tokens })) };
    }

    /// <summary>Kinds whose calls are held, and charged where they show no usage, at the route's flat figure.</summary>
    public static bool IsFlat(UsageFormat format) => format is UsageFormat.Auto or UsageFormat.OpenAiBatches or UsageFormat.OpenAiJobs;

    /// <summary>A limit beyond any cap stays beyond it, instead of running over.</summary>
    private static long Saturate(long perChoice, int choices) =>
        perChoice > long.MaxValue / 4 / choices ? long.MaxValue / 4 : perChoice * choices;
}
