using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Usage;

namespace AiGateway.Charging;

/// <summary>What answered work costs, by what its answer says. Pure.</summary>
internal static class ChargeRule
{
    private static readonly TokenCounts None = new() { Input = 0, Output = 0 };

    /// <returns>Null: it costs nothing, the hold is released.</returns>
    /// <exception cref="OverflowException">Counts so large that no figure holds their cost.</exception>
    public static Charge? For(AnsweredWork work, PriceBook prices, DateTimeOffset now)
    {
        var priced = new PricedUse(prices, work.Model, work.ServiceTier, now);
        if (work.Usage.Tokens is { } reported)
            return Reported(work, reported, priced);
        if (!IsGood(work))
            return null;
        if (work.Usage.CostNanoUsd is > 0 and var cost)
            return priced.AtCost(cost);
        if (UnitRule.Reported(work.Facts, work.Usage) is { } unit)
            return Price(work, None, [unit], UsageSource.Reported, priced);
        var sawNothing = work is { IsReadable: true, Usage: { OutputTextBytes: 0, HasOtherOutput: false } };
        if (sawNothing && (work.IsCut || work.Usage.Error is not null))
            return null;
        return Missing(work, priced);
    }

    /// <summary>Answers that were thrown away for another deployment's: what the provider bills for them is cost, and nobody's tokens.</summary>
    public static Charge? WithDiscarded(Charge? charge, IReadOnlyList<UsageReport> discarded, string? askedModel, PriceBook prices, DateTimeOffset now)
    {
        var cost = discarded.Sum(used => used.Tokens is { } tokens
            ? new PricedUse(prices, used.Model ?? askedModel, used.ServiceTier, now)
                .Of(new Usages(tokens, used.OtherModels, used.Tools), used.ImageToolTokens, ChargeBy.Cost, UsageSource.Reported).CostNanoUsd
            : 0);
        return cost == 0 ? charge
            : charge is null ? new Charge(0, cost, UsageSource.Reported, discarded[0].Model ?? askedModel, 0, 0, 0, 0, prices.Version)
            : charge with { CostNanoUsd = checked(charge.CostNanoUsd + cost) };
    }

    private static bool IsGood(AnsweredWork work) => work.Status is >= 200 and < 300;

    /// <summary>The provider's own count. On an error answer, only one above zero says that it was billed.</summary>
    private static Charge? Reported(AnsweredWork work, TokenCounts reported, PricedUse priced)
    {
        var isZero = (reported.Input ?? 0) + (reported.Output ?? 0) == 0;
        if (isZero && (!IsGood(work) || work.Usage.State == WorkState.Failed))
            return null;
        // Batches count zeros until somebody has counted: one that is done used something.
        if (isZero && work is { Route.Format: UsageFormat.OpenAiBatches, Usage.State: WorkState.Done })
            return Missing(work, priced);
        // A provider that counts one side only leaves the other to our estimate; one that was cut off had more to say than was seen.
        var text = work.Usage.OutputTextBytes;
        var isWhole = (reported.Input is not null || work.LikelyInput is null) && (reported.Output is not null || (text == 0 && !work.IsCut));
        var whole = isWhole ? reported : reported with
        {
            Input = reported.Input ?? work.LikelyInput,
            Output = reported.Output ?? Estimates.OutputTokens(text),
        };
        return Price(work, whole, [], isWhole ? UsageSource.Reported : UsageSource.Estimated, priced);
    }

    private static Charge Missing(AnsweredWork work, PricedUse priced)
    {
        var rule = HoldEstimate.IsFlat(work.Route.Format) ? WhenUsageMissing.Flat : work.Route.WhenUsageMissing;
        return rule switch
        {
            WhenUsageMissing.Hold => Whole(work, work.HeldTokens, priced),
            WhenUsageMissing.Flat => Whole(work, work.Route.FlatTokens, priced),
            WhenUsageMissing.Estimate when work.IsReadable && UnitRule.Estimated(work.Route.Format, work.Facts, work.Usage) is { } unit =>
                Price(work, None, [unit], UsageSource.Estimated, priced),
            // Neither was the request read nor can the answer be: the route's flat figure, and never more than was held.
            WhenUsageMissing.Estimate when work.LikelyInput is null || !work.IsReadable => Whole(work, Math.Min(work.HeldTokens, work.Route.FlatTokens), priced),
            WhenUsageMissing.Estimate => Price(work, Estimated(work), [], UsageSource.Estimated, priced),
            _ => throw new InvalidOperationException($"No rule for {rule}."),
        };
    }

    private static TokenCounts Estimated(AnsweredWork work) =>
        new() { Input = work.LikelyInput, Output = Estimates.OutputTokens(work.Usage.OutputTextBytes) };

    /// <summary>Tools that the answer shows cost what they cost, though nobody counted the tokens.</summary>
    private static Charge Whole(AnsweredWork work, long tokens, PricedUse priced)
    {
        var charge = priced.Whole(tokens, work.Route.ChargeBy);
        return work.Usage.Tools.Count == 0 ? charge
            : charge with { CostNanoUsd = checked(charge.CostNanoUsd + priced.Of(None, work.Usage.Tools, ChargeBy.Cost, charge.Source).CostNanoUsd) };
    }

    private static Charge Price(AnsweredWork work, TokenCounts tokens, IReadOnlyList<UnitUse> units, UsageSource source, PricedUse priced)
    {
        // Pictures, sound and characters are no tokens: whatever the route says, they are worth what they cost.
        var by = units.Count > 0 ? ChargeBy.Cost : work.Route.ChargeBy;
        var charge = priced.Of(new Usages(tokens, work.Usage.OtherModels, [.. units, .. work.Usage.Tools]), work.Usage.ImageToolTokens, by, source);
        // Priced by a unit that the answer does not name: nothing is free by omission.
        return charge.Tokens == 0 && by == ChargeBy.Cost && IsGood(work) ? priced.Whole(work.Route.FlatTokens, by) : charge;
    }
}
