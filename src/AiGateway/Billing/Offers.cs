using AiGateway.Plans;

namespace AiGateway.Billing;

/// <summary>From an offer to its price at Stripe and back. Without Stripe every offer has a price of the demo's.</summary>
internal sealed class Offers(IPlanBookSource plans, BillingSettings settings)
{
    private const string DemoPrefix = "price_demo_";

    public PlanBook Book => plans.Current;

    public bool IsDemo => settings.IsDemo;

    /// <returns>Null: the offer has no price at Stripe yet.</returns>
    public string? PriceOf(Offer offer) => settings.IsDemo ? DemoPrefix + offer.Id : offer.StripePriceId;

    public Plan? PlanBy(string? price) => price is null ? null : Book.Plans.Values.FirstOrDefault(plan => PriceOf(plan) == price);

    public Offer? Find(string? plan, string? pack) =>
        plan is not null ? Book.Plans.GetValueOrDefault(plan) : pack is not null ? Book.Packs.GetValueOrDefault(pack) : null;
}
