using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Usage;

namespace AiGateway.Pipeline.Settlement;

/// <summary>What a call costs, by what its answer says. Pure.</summary>
internal static class ChargeRule
{
    /// <summary>The provider does not name the model of a response's image tool; this is its default.</summary>
    private const string ImageToolModel = "gpt-image-1";

    private static readonly TokenCounts None = new() { Input = 0, Output = 0 };

    /// <param name="cut">The answer broke off before its end.</param>
    /// <returns>Null: it costs nothing, the hold is released.</returns>
    public static Charge? For(MeteredCall call, bool cut, PriceBook prices, DateTimeOffset now)
    {
        if (call.Answer is not { } answer || call.UpstreamRefusal is not null)
            return null;
        if (answer.Usage.Tokens is { } reported)
            return Reported(call, answer, reported, prices, now);
        if (call.UpstreamStatus is < 200 or >= 300)
            return null;
        if (UnitRule.Reported(call.Facts, answer.Usage) is { } unit)
            return Price(call, answer, None, [unit], UsageSource.Reported, prices, now);
        var sawNothing = answer is { IsReadable: true, Usage: { OutputTextBytes: 0, HasOtherOutput: false } };
        if (sawNothing && (cut || answer.Usage.Error is not null))
            return null;
        return Missing(call, answer, prices, now);
    }

    /// <summary>The provider's own count. On an error answer, only one above zero says that it was billed.</summary>
    private static Charge? Reported(MeteredCall call, AnswerOutcome answer, TokenCounts reported, PriceBook prices, DateTimeOffset now)
    {
        var isError = call.UpstreamStatus is < 200 or >= 300;
        if (isError && (reported.Input ?? 0) + (reported.Output ?? 0) == 0)
            return null;
        // A provider that counts one side only leaves the other to our estimate.
        var text = answer.Usage.OutputTextBytes;
        var isWhole = (reported.Input is not null || call.Facts is null) && (reported.Output is not null || text == 0);
        var whole = isWhole ? reported : reported with
        {
            Input = reported.Input ?? (call.Facts is null ? null : Estimates.InputTokens(call.Facts)),
            Output = reported.Output ?? Estimates.OutputTokens(text),
        };
        return Price(call, answer, whole, [], isWhole ? UsageSource.Reported : UsageSource.Estimated, prices, now);
    }

    private static Charge Missing(MeteredCall call, AnswerOutcome answer, PriceBook prices, DateTimeOffset now)
    {
        var rule = HoldEstimate.IsFlat(call.Route.Format) ? WhenUsageMissing.Flat : call.Route.WhenUsageMissing;
        return rule switch
        {
            WhenUsageMissing.Hold => Whole(call, answer, call.HeldTokens, prices, now),
            WhenUsageMissing.Flat => Whole(call, answer, call.Route.FlatTokens, prices, now),
            // Neither was the request read nor can the answer be: the route's flat figure, and never more than was held.
            WhenUsageMissing.Estimate when answer.IsReadable && UnitRule.Estimated(call.Route.Format, call.Facts, answer.Usage) is { } unit =>
                Price(call, answer, None, [unit], UsageSource.Estimated, prices, now),
            WhenUsageMissing.Estimate when call.Facts is null || !answer.IsReadable => Whole(call, answer, Math.Min(call.HeldTokens, call.Route.FlatTokens), prices, now),
            WhenUsageMissing.Estimate => Price(call, answer, Estimated(call.Facts, answer.Usage), [], UsageSource.Estimated, prices, now),
            _ => throw new InvalidOperationException($"No rule for {rule}."),
        };
    }

    private static TokenCounts Estimated(RequestFacts facts, UsageReport usage) =>
        new() { Input = Estimates.InputTokens(facts), Output = Estimates.OutputTokens(usage.OutputTextBytes) };

    /// <summary>A figure of tokens to charge that nobody counted: taken as it is. It costs what its model's input would, or the reference price.</summary>
    private static Charge Whole(MeteredCall call, AnswerOutcome answer, long tokens, PriceBook prices, DateTimeOffset now)
    {
        if (call.Route.ChargeBy == ChargeBy.Tokens)
            return Price(call, answer, new TokenCounts { Input = tokens, Output = 0 }, [], UsageSource.Estimated, prices, now);
        return new Charge(tokens, tokens * PriceBook.ReferenceNanoUsdPerToken, UsageSource.Estimated, ModelOf(call, answer), tokens, 0, 0, 0, prices.Version);
    }

    private static string? ModelOf(MeteredCall call, AnswerOutcome answer) =>
        string.IsNullOrEmpty(answer.Usage.Model) ? call.Facts?.Model : answer.Usage.Model;

    private static Charge Price(MeteredCall call, AnswerOutcome answer, TokenCounts tokens, IReadOnlyList<UnitUse> units, UsageSource source, PriceBook prices, DateTimeOffset now)
    {
        var model = ModelOf(call, answer);
        var usage = answer.Usage;
        // Pictures, sound and characters are no tokens: whatever the route says, they are worth what they cost.
        var by = units.Count > 0 ? ChargeBy.Cost : call.Route.ChargeBy;
        var quote = prices.Quote(new Usages(tokens, usage.OtherModels, [.. units, .. usage.Tools]), model, usage.ServiceTier, now, by);
        // Priced by a unit that the answer does not name: nothing is free by omission.
        if (quote.Tokens == 0 && by == ChargeBy.Cost && call.UpstreamStatus is >= 200 and < 300)
            return Whole(call, answer, call.Route.FlatTokens, prices, now);
        // A tool's cost stands beside the usage: it is booked as cost, and is no token of this model's.
        var tool = usage.ImageToolTokens is { } drawn ? prices.Quote(drawn, ImageToolModel, null, now, ChargeBy.Cost).CostNanoUsd : 0;
        return new Charge(quote.Tokens, quote.CostNanoUsd + tool, source, model,
            tokens.Input ?? 0, tokens.Output ?? 0, tokens.CacheRead ?? 0, tokens.Reasoning ?? 0, quote.PriceVersion);
    }
}
