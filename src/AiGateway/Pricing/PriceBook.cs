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

/// <summary>One line of a quote: what, how many, at which rate.</summary>
/// <param name="Rate">USD, exact decimal, per 1M units (tokens, characters) or per unit (image, minute) as <paramref name="Unit"/> says.</param>
internal sealed record QuoteLine(string What, long Quantity, string Unit, decimal Rate, long CostNanoUsd);

/// <summary>Usage × price. <paramref name="IsPriced"/> is false where the model is unknown and the ceiling price was used.</summary>
internal sealed record Quote(long Tokens, long CostNanoUsd, string PriceVersion, string PricedAs, bool IsPriced, IReadOnlyList<QuoteLine> Lines);

/// <summary>Rates for a presumed charge, in nano-USD per 1M tokens.</summary>
internal readonly record struct TokenRates(long InputNanoUsdPerMillion, long OutputNanoUsdPerMillion, string PriceVersion);

/// <summary>One loaded, immutable version of prices.json.</summary>
internal sealed class PriceBook
{
    /// <summary>$20 per 1M tokens: what one token of a balance is worth.</summary>
    public const long ReferenceNanoUsdPerMillion = 20_000_000_000;

    public string Version => throw new NotImplementedException();

    /// <summary>Prices one answer. Unknown models get the ceiling price, never zero.</summary>
    /// <param name="model">The model that answered, else the one asked for; null: unknown.</param>
    public Quote Quote(TokenCounts usage, string? model, string? serviceTier, DateTimeOffset at, ChargeBy chargeBy) => throw new NotImplementedException();

    public TokenRates RatesFor(string? model, DateTimeOffset at) => throw new NotImplementedException();
}

/// <summary>The price book in force: replaced as a whole when a good edit is loaded.</summary>
internal interface IPriceBookSource
{
    PriceBook Current { get; }
}
