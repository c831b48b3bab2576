using AiGateway.Usage;

namespace AiGateway.Pricing;

/// <summary>
/// Splits counts whose parts lie inside one another (cached audio inside audio and inside cached) into kinds that do not overlap.
/// Where a provider's parts exceed their whole, the parts are believed: every reported token is priced at least once.
/// </summary>
internal static class TokenParts
{
    public static IEnumerable<(TokenKind Kind, long Tokens)> Of(TokenCounts usage)
    {
        var (cachedAudio, cachedImage) = (Count(usage.CacheReadAudio), Count(usage.CacheReadImage));
        var audio = Rest(Count(usage.InputAudio), cachedAudio);
        var image = Rest(Count(usage.InputImage), cachedImage);
        var (cached, written, writtenOneHour) = (Count(usage.CacheRead), Count(usage.CacheWrite), Count(usage.CacheWriteOneHour));
        var (spoken, drawn) = (Count(usage.OutputAudio), Count(usage.OutputImage));

        yield return (TokenKind.Input, Rest(Count(usage.Input), Math.Max(cached, cachedAudio + cachedImage), Math.Max(written, writtenOneHour), audio, image));
        yield return (TokenKind.CachedInput, Rest(cached, cachedAudio, cachedImage));
        yield return (TokenKind.CacheWrite, Rest(written, writtenOneHour));
        yield return (TokenKind.CacheWriteOneHour, writtenOneHour);
        yield return (TokenKind.InputAudio, audio);
        yield return (TokenKind.CachedInputAudio, cachedAudio);
        yield return (TokenKind.InputImage, image);
        yield return (TokenKind.CachedInputImage, cachedImage);
        yield return (TokenKind.Output, Rest(Count(usage.Output), spoken, drawn));
        yield return (TokenKind.OutputAudio, spoken);
        yield return (TokenKind.OutputImage, drawn);
    }

    /// <summary>The counts less those of other models' parts.</summary>
    public static TokenCounts Without(TokenCounts usage, IReadOnlyList<ModelTokens> others)
    {
        foreach (var (_, part) in others)
            usage = usage with
            {
                Input = Less(usage.Input, part.Input), Output = Less(usage.Output, part.Output), Reasoning = Less(usage.Reasoning, part.Reasoning),
                CacheRead = Less(usage.CacheRead, part.CacheRead), CacheWrite = Less(usage.CacheWrite, part.CacheWrite),
                CacheWriteOneHour = Less(usage.CacheWriteOneHour, part.CacheWriteOneHour),
            };
        return usage;
    }

    private static long? Less(long? whole, long? part) => whole is null ? null : Math.Max(0, whole.Value - (part ?? 0));

    // What a provider did not say, or says below zero, is none.
    private static long Count(long? tokens) => Math.Max(0, tokens ?? 0);

    private static long Rest(long whole, params ReadOnlySpan<long> parts)
    {
        foreach (var part in parts) whole = Math.Max(0, whole - part);
        return whole;
    }
}
