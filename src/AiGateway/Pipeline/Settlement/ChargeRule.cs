using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Usage;

namespace AiGateway.Pipeline.Settlement;

/// <summary>What a call costs, by what its answer says. Pure.</summary>
internal static class ChargeRule
{
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
        var sawNothing = answer.IsReadable && answer.Usage.OutputTextBytes == 0;
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
        if (reported.Input is not null || call.Facts is null)
            return Price(call, answer, reported, UsageSource.Reported, prices, now);
        return Price(call, answer, reported with { Input = Estimates.InputTokens(call.Facts) }, UsageSource.Estimated, prices, now);
    }

    private static Charge Missing(MeteredCall call, AnswerOutcome answer, PriceBook prices, DateTimeOffset now)
    {
        var rule = HoldEstimate.IsFlat(call.Route.Format) ? WhenUsageMissing.Flat : call.Route.WhenUsageMissing;
        return rule switch
        {
            WhenUsageMissing.Hold => Whole(call, answer, call.HeldTokens, prices, now),
            WhenUsageMissing.Flat => Whole(call, answer, call.Route.FlatTokens, prices, now),
            // Neither was the request read nor can the answer be: the route's flat figure, and never more than was held.
            WhenUsageMissing.Estimate when call.Facts is null || !answer.IsReadable => Whole(call, answer, Math.Min(call.HeldTokens, call.Route.FlatTokens), prices, now),
            WhenUsageMissing.Estimate => Price(call, answer, Estimated(call.Facts, answer.Usage), UsageSource.Estimated, prices, now),
            _ => throw new InvalidOperationException($"No rule for {rule}."),
        };
    }

    private static TokenCounts Estimated(RequestFacts facts, UsageReport usage) =>
        new() { Input = Estimates.InputTokens(facts), Output = Estimates.OutputTokens(usage.OutputTextBytes) };

    /// <summary>A figure of tokens to charge that nobody counted: taken as it is. It costs what its model's input would, or the reference price.</summary>
    private static Charge Whole(MeteredCall call, AnswerOutcome answer, long tokens, PriceBook prices, DateTimeOffset now)
    {
        if (call.Route.ChargeBy == ChargeBy.Tokens)
            return Price(call, answer, new TokenCounts { Input = tokens, Output = 0 }, UsageSource.Estimated, prices, now);
        return new Charge(tokens, tokens * PriceBook.ReferenceNanoUsdPerToken, UsageSource.Estimated, ModelOf(call, answer), tokens, 0, 0, 0, prices.Version);
    }

    private static string? ModelOf(MeteredCall call, AnswerOutcome answer) =>
        string.IsNullOrEmpty(answer.Usage.Model) ? call.Facts?.Model : answer.Usage.Model;

    private static Charge Price(MeteredCall call, AnswerOutcome answer, TokenCounts tokens, UsageSource source, PriceBook prices, DateTimeOffset now)
    {
        var model = ModelOf(call, answer);
        var quote = prices.Quote(tokens, model, answer.Usage.ServiceTier, now, call.Route.ChargeBy);
        // Priced by a unit that the answer does not name: nothing is free by omission.
        if (quote.Tokens == 0 && call.Route.ChargeBy == ChargeBy.Cost && call.UpstreamStatus is >= 200 and < 300)
            return Whole(call, answer, call.Route.FlatTokens, prices, now);
        return new Charge(quote.Tokens, quote.CostNanoUsd, source, model,
            tokens.Input ?? 0, tokens.Output ?? 0, tokens.CacheRead ?? 0, tokens.Reasoning ?? 0, quote.PriceVersion);
    }
}
