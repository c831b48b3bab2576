using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Routes;

namespace AiGateway.Pipeline.Admission;

/// <summary>What the ledger is to charge if nobody ever reports what a call used.</summary>
internal static class PresumedCharge
{
    /// <summary>In nano-USD per 1M tokens.</summary>
    private const long ReferenceRate = PriceBook.ReferenceNanoUsdPerToken * 1_000_000;

    public static PresumedUse Presumed(this HoldEstimate estimate, MeteredRoute route, TokenRates rates) =>
        route.ChargeBy == ChargeBy.Cost
            ? new PresumedUse(estimate.Amount, 0, ReferenceRate, ReferenceRate, rates.PriceVersion)
            : new PresumedUse(Math.Min(estimate.LikelyInput, estimate.InputCeiling), estimate.LikelyOutput, rates.InputNanoUsdPerMillion, rates.OutputNanoUsdPerMillion, rates.PriceVersion);
}
