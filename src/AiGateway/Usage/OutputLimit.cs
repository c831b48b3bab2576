using System.Globalization;
using System.Text;

namespace AiGateway.Usage;

/// <summary>The member of a request that bounds its answer, for routes that tell the provider what was held.</summary>
internal static class OutputLimit
{
    /// <summary>The bound goes behind everything else: where the body says null, or something that is no number, the last of two equal names counts.</summary>
    /// <param name="tokens">For each choice.</param>
    /// <returns>Null: the caller's own limit stands, or the format has no place for one at its root.</returns>
    public static Splice? Splice(UsageFormat format, RequestFacts facts, long tokens) =>
        (facts.MaxOutputTokens is null || facts.HasUnclearLimit) && facts.End is { } end && tokens > 0 && Name(format) is { } name
            ? new Splice(end, 0, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"{name}\":{tokens}")))
            : null;

    /// <summary>Whether a hold of this format's calls can be enforced. Anthropic's callers have to name a limit themselves.</summary>
    public static bool IsEnforceable(UsageFormat format) => format is UsageFormat.AnthropicMessages || Name(format) is not null;

    private static string? Name(UsageFormat format) => format switch
    {
        UsageFormat.OpenAiChat => "max_completion_tokens",
        UsageFormat.OpenAiCompletions => "max_tokens",
        UsageFormat.OpenAiResponses => "max_output_tokens",
        _ => null,
    };
}
