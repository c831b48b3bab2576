using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Usage;

namespace AiGateway.Charging;

/// <summary>Where what was used becomes what is booked: the one place that turns a quote into a charge. Pure.</summary>
/// <param name="Model">Whose prices hold; null: unknown, which costs the ceiling.</param>
internal sealed record PricedUse(PriceBook Prices, string? Model, string? ServiceTier, DateTimeOffset At)
{
    /// <summary>The provider does not name the model of a response's image tool; this is its default.</summary>
    private const string ImageToolModel = "gpt-image-1";

    /// <param name="imageTool">Tokens of an image tool, which stand beside the model's own.</param>
    public Charge Of(Usages used, TokenCounts? imageTool, ChargeBy by, UsageSource source)
    {
        var quote = Prices.Quote(used, Model, ServiceTier, At, by);
        // A tool's cost stands beside the usage: it is booked as cost, and is no token of this model's.
        var tool = imageTool is null ? null : Prices.Quote(imageTool, ImageToolModel, null, At, ChargeBy.Cost);
        var cost = checked(quote.CostNanoUsd + (tool?.CostNanoUsd ?? 0));
        var tokens = by == ChargeBy.Cost ? PriceBook.TokensFor(cost) : quote.Tokens;
        return new Charge(tokens, cost, source, Model,
            used.Tokens.Input ?? 0, used.Tokens.Output ?? 0, used.Tokens.CacheRead ?? 0, used.Tokens.Reasoning ?? 0, quote.PriceVersion);
    }

    public Charge Of(TokenCounts tokens, IReadOnlyList<UnitUse> units, ChargeBy by, UsageSource source) => Of(new Usages(tokens, [], units), null, by, source);

    /// <summary>The provider's own figure of what it cost, where it counts nothing else.</summary>
    public Charge AtCost(long nanoUsd) => new(PriceBook.TokensFor(nanoUsd), nanoUsd, UsageSource.Reported, Model, 0, 0, 0, 0, Prices.Version);

    /// <summary>A figure of tokens that nobody counted: taken as it is. It costs what its model's input would, or the reference price.</summary>
    public Charge Whole(long tokens, ChargeBy by) => by == ChargeBy.Tokens
        ? Of(new TokenCounts { Input = tokens, Output = 0 }, [], by, UsageSource.Estimated)
        : new Charge(tokens, checked(tokens * PriceBook.ReferenceNanoUsdPerToken), UsageSource.Estimated, Model, tokens, 0, 0, 0, Prices.Version);
}
