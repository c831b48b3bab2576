namespace AiGateway.Usage;

/// <summary>Guesses for answers that report nothing. Every charge made from one is marked <c>estimated</c>.</summary>
internal static class Estimates
{
    /// <summary>Hold ceilings, in tokens a part: what the largest accepted image, audio or file part is taken to cost.</summary>
    public const long ImagePartCeiling = 4_000;
    public const long AudioPartCeiling = 20_000;
    public const long FilePartCeiling = 50_000;

    public static long InputCeiling(RequestFacts facts) => throw new NotImplementedException();

    /// <summary>The likely input tokens of a request (not a bound).</summary>
    public static long InputTokens(RequestFacts facts) => throw new NotImplementedException();

    /// <summary>The likely output tokens of so many bytes of generated text (not a bound).</summary>
    public static long OutputTokens(long textBytes) => throw new NotImplementedException();
}
