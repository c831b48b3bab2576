namespace AiGateway.Pricing;

/// <summary>Other rates for the whole of a request whose input is longer than <paramref name="Over"/> tokens.</summary>
internal sealed record LongContext(long Over, Rates Rates);

/// <summary>What units cost, in nano-USD: a picture by size/quality, a minute of sound, a second of film by size, 1M characters or trained tokens. Null: no such price.</summary>
internal sealed record UnitRates
{
    public IReadOnlyDictionary<string, long> Images { get; init; } = new Dictionary<string, long>();
    public long? Minute { get; init; }
    public long? MillionCharacters { get; init; }
    public long? MillionTrained { get; init; }
    public IReadOnlyDictionary<string, long> FilmSeconds { get; init; } = new Dictionary<string, long>();

    /// <summary>The price of one picture; of a size or quality that is not listed, the dearest.</summary>
    public long? Image(string? variant) => Of(Images, variant);

    /// <summary>The price of one second of film; of a size that is not listed, the dearest.</summary>
    public long? FilmSecond(string? size) => Of(FilmSeconds, size);

    private static long? Of(IReadOnlyDictionary<string, long> rates, string? variant)
    {
        if (variant is not null && rates.TryGetValue(variant, out var rate)) return rate;
        return rates.Count == 0 ? null : rates.Values.Max();
    }
}

/// <summary>One model's price from one day on.</summary>
/// <param name="ValidFrom">The first day, UTC; null: always.</param>
internal sealed record PriceEntry(DateOnly? ValidFrom, Rates Rates, LongContext? LongContext, UnitRates Units)
{
    public Rates RatesFor(long inputTokens) => LongContext is { } longer && inputTokens > longer.Over ? longer.Rates : Rates;
}

/// <summary>A provider's surcharges and discounts by service tier, in thousandths (flex 500, priority 2000), and its tools, in nano-USD per 1,000 calls.</summary>
internal sealed record ProviderTerms(IReadOnlyDictionary<string, long> TierPermille, IReadOnlyDictionary<string, long> Tools);

/// <summary>One model: its prices, newest first, and the terms of who sells it.</summary>
internal sealed record ModelPrice(string Model, IReadOnlyList<PriceEntry> Entries, ProviderTerms Terms)
{
    /// <summary>The newest price whose day has come; before the first of all, the first.</summary>
    public PriceEntry At(DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        return Entries.FirstOrDefault(entry => entry.ValidFrom is null || entry.ValidFrom <= day) ?? Entries[^1];
    }

    public long TierPermille(string? tier) =>
        tier is not null && Terms.TierPermille.TryGetValue(tier, out var permille) ? permille : Cost.WholePermille;
}
