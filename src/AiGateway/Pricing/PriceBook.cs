using AiGateway.Usage;

namespace AiGateway.Pricing;

/// <summary>How a route turns usage into tokens to charge.</summary>
internal enum ChargeBy
{
    /// <summary>Input + output tokens, one to one.</summary>
    Tokens,
    /// <summary>Cost divided by the reference price of $20 per 1M tokens, rounded up.</summary>
    Cost,
}

/// <summary>What one answer used: tokens in all, of them what other models used, and what is no tokens.</summary>
internal sealed record Usages(TokenCounts Tokens, IReadOnlyList<ModelTokens> OtherModels, IReadOnlyList<UnitUse> Units);

/// <summary>One line of a quote: what, how many, at which rate.</summary>
/// <param name="Rate">USD, exact decimal, per 1M units (tokens, characters) or per unit (image, minute) or per 1,000 (tool calls) as <paramref name="Unit"/> says.</param>
/// <param name="CostNanoUsd">This line alone, rounded up: the quote's cost rounds the exact sum once, and can be a few nano-USD less than its lines.</param>
internal sealed record QuoteLine(string What, long Quantity, string Unit, decimal Rate, long CostNanoUsd);

/// <summary>Usage × price. <paramref name="IsPriced"/> is false where the model is unknown and the ceiling price was used.</summary>
internal sealed record Quote(long Tokens, long CostNanoUsd, string PriceVersion, string PricedAs, bool IsPriced, IReadOnlyList<QuoteLine> Lines);

/// <summary>Rates for a presumed charge, in nano-USD per 1M tokens.</summary>
internal readonly record struct TokenRates(long InputNanoUsdPerMillion, long OutputNanoUsdPerMillion, string PriceVersion);

/// <summary>One loaded, immutable version of prices.json.</summary>
internal sealed class PriceBook(string version, ModelNames names, ModelPrice ceiling)
{
    /// <summary>The reference price: $20 per 1M tokens is 20,000 nano-USD a token.</summary>
    public const long ReferenceNanoUsdPerToken = 20_000;

    public string Version => version;

    /// <summary>Whether the list names this model; else it costs the ceiling.</summary>
    public bool HasPrice(string? model) => names.Find(model) is not null;

    /// <summary>Prices one answer. Unknown models get the ceiling price, never zero.</summary>
    /// <param name="model">The model that answered, else the one asked for; null: unknown.</param>
    /// <exception cref="OverflowException">Counts so large that no figure holds their cost.</exception>
    public Quote Quote(TokenCounts usage, string? model, string? serviceTier, DateTimeOffset at, ChargeBy chargeBy) =>
        Quote(usage, [], model, serviceTier, at, chargeBy);

    /// <param name="units">What was used besides tokens.</param>
    /// <inheritdoc cref="Quote(TokenCounts, string?, string?, DateTimeOffset, ChargeBy)"/>
    public Quote Quote(TokenCounts usage, IEnumerable<UnitUse> units, string? model, string? serviceTier, DateTimeOffset at, ChargeBy chargeBy) =>
        Quote(new Usages(usage, [], [.. units]), model, serviceTier, at, chargeBy);

    /// <param name="usages">Tokens, what of them other models used (which costs what those cost), and units.</param>
    /// <inheritdoc cref="Quote(TokenCounts, string?, string?, DateTimeOffset, ChargeBy)"/>
    public Quote Quote(Usages usages, string? model, string? serviceTier, DateTimeOffset at, ChargeBy chargeBy)
    {
        var found = names.Find(model);
        var price = found ?? ceiling;
        var bill = new Bill(price, ceiling, at, price.TierPermille(serviceTier));
        bill.AddTokens(TokenParts.Without(usages.Tokens, usages.OtherModels));
        foreach (var unit in usages.Units) bill.Add(unit);
        var cost = bill.NanoUsd;
        IReadOnlyList<QuoteLine> lines = bill.Lines;
        foreach (var other in usages.OtherModels)
        {
            var part = Quote(new Usages(other.Tokens, [], []), other.Model, serviceTier, at, chargeBy);
            (cost, lines) = (checked(cost + part.CostNanoUsd), [.. lines, .. part.Lines]);
        }
        return new Quote(TokensToCharge(usages.Tokens, cost, chargeBy), cost, version, price.Model, found is not null, lines);
    }

    public TokenRates RatesFor(string? model, DateTimeOffset at)
    {
        var rates = (names.Find(model) ?? ceiling).At(at).Rates;
        return new TokenRates(rates[TokenKind.Input], rates[TokenKind.Output], version);
    }

    /// <summary>What the ledger books where no answer says tokens: a cost at the reference price, rounded up.</summary>
    public static long TokensFor(long costNanoUsd) => checked(costNanoUsd / ReferenceNanoUsdPerToken + (costNanoUsd % ReferenceNanoUsdPerToken > 0 ? 1 : 0));

    private static long TokensToCharge(TokenCounts usage, long costNanoUsd, ChargeBy chargeBy) => chargeBy switch
    {
        ChargeBy.Tokens => checked(Math.Max(0, usage.Input ?? 0) + Math.Max(0, usage.Output ?? 0)),
        ChargeBy.Cost => TokensFor(costNanoUsd),
        _ => throw new ArgumentOutOfRangeException(nameof(chargeBy), chargeBy, "No such way to charge."),
    };
}

/// <summary>The price book in force: replaced as a whole when a good edit is loaded.</summary>
internal interface IPriceBookSource
{
    PriceBook Current { get; }
}
