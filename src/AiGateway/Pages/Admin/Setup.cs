using AiGateway.Accounts;
using AiGateway.Ledger;
using AiGateway.Pages.Texts;
using AiGateway.Plans;

namespace AiGateway.Pages.Admin;

/// <summary>What a gateway needs before it earns money, and what of it is there.</summary>
internal static class Setup
{
    /// <param name="appKeys">Those that are live.</param>
    public static IReadOnlyList<SetupStep> Steps(SetupFacts facts, IReadOnlyList<KeyInfo> appKeys, bool hasCalls, PlanBook plans, bool isPriced, AuditResult? audit)
    {
        var prices = plans.Plans.Values.Cast<Offer>().Concat(plans.Packs.Values).ToList();
        return
        [
            new(facts.Provider is not null, TodayTexts.StepProvider, facts.Provider is { } at ? TodayTexts.ProviderAt(at) : TodayTexts.ProviderDemo, Links.Connect),
            new(appKeys.Count > 0, TodayTexts.StepKey, appKeys.Count > 0 ? TodayTexts.Keys(appKeys.Count) : TodayTexts.KeyMissing, Links.Keys),
            new(hasCalls, TodayTexts.StepCall, hasCalls ? TodayTexts.CallSeen : TodayTexts.CallMissing, Links.Connect),
            new(facts is { HasStripe: true, HasWebhookSecret: true }, TodayTexts.StepStripe, facts.HasStripe ? TodayTexts.StripeOn : TodayTexts.StripeDemo, Links.Stripe),
            new(facts.HasStripe && prices.TrueForAll(offer => offer.StripePriceId is not null), TodayTexts.StepOffers,
                facts.HasStripe ? TodayTexts.Offers(prices.Count(offer => offer.StripePriceId is not null), prices.Count) : TodayTexts.OffersDemo, Links.Prices),
            new(isPriced, TodayTexts.StepPrices, isPriced ? TodayTexts.PricesWhole : TodayTexts.PricesMissing, Links.Prices),
            new(facts.SendsAlerts, TodayTexts.StepAlerts, facts.SendsAlerts ? TodayTexts.AlertsOn : TodayTexts.AlertsOff, Links.Insights),
            new(audit is { Violations: 0 }, TodayTexts.StepAudit, audit is null ? TodayTexts.AuditNever : TodayTexts.AuditAt(audit.At, audit.Violations), Links.Audit),
        ];
    }
}
