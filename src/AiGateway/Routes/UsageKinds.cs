using AiGateway.Pricing;
using AiGateway.Usage;

namespace AiGateway.Routes;

/// <summary>What Metering.Kind may say, and what a kind implies where the route says nothing else.</summary>
internal static class UsageKinds
{
    /// <param name="MaxOutputTokens">Output to hold where the caller names no limit.</param>
    private sealed record Implied(UsageFormat Format, long MaxOutputTokens, ChargeBy ChargeBy);

    // Chat, responses and completions: the contract's figures. Images: a large picture of the costliest quality is 6,240 tokens.
    // Where no text comes back nothing is added to the input's bound; what is not metered holds nothing.
    private static readonly Dictionary<string, Implied> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["openai.chat"] = new(UsageFormat.OpenAiChat, 4096, ChargeBy.Tokens),
        ["openai.completions"] = new(UsageFormat.OpenAiCompletions, 16, ChargeBy.Tokens),
        ["openai.responses"] = new(UsageFormat.OpenAiResponses, 8192, ChargeBy.Tokens),
        ["openai.embeddings"] = new(UsageFormat.OpenAiEmbeddings, 0, ChargeBy.Tokens),
        ["openai.images"] = new(UsageFormat.OpenAiImages, 8192, ChargeBy.Cost),
        ["openai.transcription"] = new(UsageFormat.OpenAiTranscription, 4096, ChargeBy.Cost),
        ["openai.speech"] = new(UsageFormat.OpenAiSpeech, 4096, ChargeBy.Cost),
        ["openai.moderations"] = new(UsageFormat.OpenAiModerations, 0, ChargeBy.Tokens),
        ["openai.realtime"] = new(UsageFormat.OpenAiRealtime, 4096, ChargeBy.Cost),
        ["openai.batches"] = new(UsageFormat.OpenAiBatches, 4096, ChargeBy.Tokens),
        ["openai.jobs"] = new(UsageFormat.OpenAiJobs, 4096, ChargeBy.Tokens),
        ["openai.stored"] = new(UsageFormat.Stored, 0, ChargeBy.Tokens),
        ["anthropic.messages"] = new(UsageFormat.AnthropicMessages, 4096, ChargeBy.Tokens),
        ["gemini.generate"] = new(UsageFormat.GeminiGenerate, 8192, ChargeBy.Tokens),
        ["auto"] = new(UsageFormat.Auto, 4096, ChargeBy.Tokens),
        ["none"] = new(UsageFormat.None, 0, ChargeBy.Tokens),
    };

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>A route of this kind with everything else at its default; null: no such kind.</summary>
    public static MeteredRoute? Route(string routeId, string kind) => ByName.TryGetValue(kind, out var implied)
        ? new MeteredRoute
        {
            RouteId = routeId,
            Format = implied.Format,
            DefaultMaxOutputTokens = implied.MaxOutputTokens,
            ChargeBy = implied.ChargeBy,
        }
        : null;
}
