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
        var whole = call.Route.WhenUsageMissing switch
        {
            WhenUsageMissing.Hold => call.HeldTokens,
            WhenUsageMissing.Flat => call.Route.FlatTokens,
            // Nobody could read the answer and nobody counted it: the hold is the only honest bound.
            WhenUsageMissing.Estimate when call.Facts is null || !answer.IsReadable => Math.Min(call.HeldTokens, Math.Max(call.Route.FlatTokens, 1)),
            WhenUsageMissing.Estimate => (long?)null,
            _ => throw new InvalidOperationException($"No rule for {call.Route.WhenUsageMissing}."),
        };
        var tokens = whole is { } flat
            ? new TokenCounts { Input = flat, Output = 0 }
            : new TokenCounts { Input = call.Facts is null ? 0 : Estimates.InputTokens(call.Facts), Output = Estimates.OutputTokens(answer.Usage.OutputTextBytes) };
        return Price(call, answer, tokens, UsageSource.Estimated, prices, now);
    }

    private static Charge Price(MeteredCall call, AnswerOutcome answer, TokenCounts tokens, UsageSource source, PriceBook prices, DateTimeOffset now)
    {
        var model = string.IsNullOrEmpty(answer.Usage.Model) ? call.Facts?.Model : answer.Usage.Model;
        var quote = prices.Quote(tokens, model, answer.Usage.ServiceTier, now, call.Route.ChargeBy);
        // Priced by a unit that the answer does not name: nothing is free by omission.
        if (quote.Tokens == 0 && call.Route.ChargeBy == ChargeBy.Cost && call.UpstreamStatus is >= 200 and < 300)
            return new Charge(call.Route.FlatTokens, call.Route.FlatTokens * PriceBook.ReferenceNanoUsdPerToken, UsageSource.Estimated, model,
                tokens.Input ?? 0, tokens.Output ?? 0, 0, 0, quote.PriceVersion);
        return new Charge(quote.Tokens, quote.CostNanoUsd, source, model,
            tokens.Input ?? 0, tokens.Output ?? 0, tokens.CacheRead ?? 0, tokens.Reasoning ?? 0, quote.PriceVersion);
    }
}
