namespace AiGateway.Pricing;

/// <summary>The kinds of token that can have a price of their own.</summary>
internal enum TokenKind
{
    Input, CachedInput, CacheWrite, CacheWriteOneHour, Output,
    InputAudio, CachedInputAudio, OutputAudio, InputImage, CachedInputImage, OutputImage,
}

/// <summary>
/// What tokens cost, in nano-USD per 1M of a kind. A kind without a price of its own takes the one it is a part of;
/// never a cheaper one by accident: cached audio where only plain text has a cached price costs what audio costs.
/// </summary>
internal sealed class Rates
{
    private readonly long[] _rates;

    /// <param name="given">The rates named in the file; input must be among them.</param>
    public Rates(IReadOnlyDictionary<TokenKind, long> given)
    {
        Given = given;
        _rates = [.. Enum.GetValues<TokenKind>().Select(kind => Resolve(kind, given))];
    }

    public IReadOnlyDictionary<TokenKind, long> Given { get; }

    public long this[TokenKind kind] => _rates[(int)kind];

    private static long Resolve(TokenKind kind, IReadOnlyDictionary<TokenKind, long> given) =>
        given.TryGetValue(kind, out var rate) ? rate : kind switch
        {
            TokenKind.Input => 0,
            TokenKind.CachedInput or TokenKind.CacheWrite or TokenKind.Output or TokenKind.InputAudio or TokenKind.InputImage => Resolve(TokenKind.Input, given),
            TokenKind.CacheWriteOneHour => Resolve(TokenKind.CacheWrite, given),
            TokenKind.CachedInputAudio => Resolve(given.ContainsKey(TokenKind.InputAudio) ? TokenKind.InputAudio : TokenKind.CachedInput, given),
            TokenKind.CachedInputImage => Resolve(given.ContainsKey(TokenKind.InputImage) ? TokenKind.InputImage : TokenKind.CachedInput, given),
            TokenKind.OutputAudio or TokenKind.OutputImage => Resolve(TokenKind.Output, given),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of token."),
        };
}
