using AiGateway.Usage;

namespace AiGateway.Pricing;

/// <summary>Adds up one quote, line by line.</summary>
/// <param name="ceiling">Prices the units that the model's own entry has no price for.</param>
/// <param name="permille">The service tier's factor, in thousandths. It holds for tokens; tools and units cost the same in every tier.</param>
internal sealed class Bill(ModelPrice price, ModelPrice ceiling, DateTimeOffset at, long permille)
{
    private const decimal NanoPerUsd = 1_000_000_000m;

    private readonly PriceEntry _entry = price.At(at);
    private readonly Cost _cost = new();
    private readonly List<QuoteLine> _lines = [];

    public IReadOnlyList<QuoteLine> Lines => _lines;

    public long NanoUsd => _cost.NanoUsd;

    public void AddTokens(TokenCounts usage)
    {
        var rates = _entry.RatesFor(usage.Input ?? 0);
        foreach (var (kind, tokens) in TokenParts.Of(usage))
            AddLine(Name(kind), tokens, "1M tokens", rates[kind], Cost.TokensPerRate, permille);
    }

    public void Add(UnitUse use)
    {
        var (unitRates, fallback) = (_entry.Units, ceiling.At(at).Units);
        switch (use.Unit)
        {
            case UsageUnit.Image:
                AddLine(use.Variant is null ? "image" : $"image {use.Variant}", use.Quantity, "image", unitRates.Image(use.Variant) ?? fallback.Image(null) ?? 0, 1, Cost.WholePermille);
                break;
            case UsageUnit.AudioMillisecond:
                AddLine("audio", use.Quantity, "minute", unitRates.Minute ?? fallback.Minute ?? 0, Cost.MillisecondsPerRate, Cost.WholePermille);
                break;
            case UsageUnit.Character:
                AddLine("characters", use.Quantity, "1M characters", unitRates.MillionCharacters ?? fallback.MillionCharacters ?? 0, Cost.TokensPerRate, Cost.WholePermille);
                break;
            case UsageUnit.FilmMillisecond:
                AddLine(use.Variant is null ? "film" : $"film {use.Variant}", use.Quantity, "second", unitRates.FilmSecond(use.Variant) ?? fallback.FilmSecond(null) ?? 0, Cost.MillisecondsPerSecond, Cost.WholePermille);
                break;
            case UsageUnit.TrainedToken:
                AddLine("training", use.Quantity, "1M tokens", unitRates.MillionTrained ?? fallback.MillionTrained ?? 0, Cost.TokensPerRate, Cost.WholePermille);
                break;
            case UsageUnit.ToolCall:
                AddLine(use.Variant ?? "tool", use.Quantity, "1,000 calls", ToolRate(use.Variant), Cost.CallsPerRate, Cost.WholePermille);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(use), use.Unit, "No such unit.");
        }
    }

    // The seller's own price for this tool, else the dearest tool that the ceiling knows.
    private long ToolRate(string? tool) =>
        tool is not null && price.Terms.Tools.TryGetValue(tool, out var rate) ? rate : ceiling.Terms.Tools.Values.DefaultIfEmpty().Max();

    private void AddLine(string what, long quantity, string unit, long rate, long unitsPerRate, long factor)
    {
        if (quantity <= 0) return;
        var cost = _cost.Add(quantity, rate, unitsPerRate, factor);
        _lines.Add(new QuoteLine(what, quantity, unit, rate / NanoPerUsd * factor / Cost.WholePermille, cost));
    }

    private static string Name(TokenKind kind) => kind switch
    {
        TokenKind.Input => "input",
        TokenKind.CachedInput => "cached input",
        TokenKind.CacheWrite => "cache write",
        TokenKind.CacheWriteOneHour => "cache write (1h)",
        TokenKind.Output => "output",
        TokenKind.InputAudio => "audio input",
        TokenKind.CachedInputAudio => "cached audio input",
        TokenKind.OutputAudio => "audio output",
        TokenKind.InputImage => "image input",
        TokenKind.CachedInputImage => "cached image input",
        TokenKind.OutputImage => "image output",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of token."),
    };
}
