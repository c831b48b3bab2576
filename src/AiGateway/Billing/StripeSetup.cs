using System.Globalization;
using System.Net;
using AiGateway.Plans;
using Stripe;
using Plan = AiGateway.Plans.Plan;

namespace AiGateway.Billing;

/// <param name="What">product, price or webhook endpoint.</param>
/// <param name="Done">made, or there.</param>
internal sealed record SetUp(string What, string Offer, string Id, string Done, string? Hint = null);

/// <summary>Makes at Stripe what plans.json sells, and the endpoint that tells us of payments. Everything has a name of its own there, so that doing it again makes nothing twice.</summary>
internal sealed class StripeSetup(StripeClient client, IPlanBookSource plans)
{
    /// <summary>What the handlers act on; all else would be kept and left alone.</summary>
    public static readonly string[] Events =
    [
        "invoice.paid", "invoice.payment_failed", "invoice.payment_action_required", "invoice.voided", "invoice.marked_uncollectible", "invoice_payment.paid",
        "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed", "checkout.session.expired",
        "customer.subscription.created", "customer.subscription.updated", "customer.subscription.paused", "customer.subscription.resumed", "customer.subscription.deleted",
        "refund.created", "refund.updated", "refund.failed", "charge.dispute.created", "charge.dispute.closed", "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated", "customer.deleted",
    ];

    private const int PageSize = 100;

    /// <param name="webhookUrl">Where Stripe reaches this gateway; null: no endpoint is made.</param>
    public async IAsyncEnumerable<SetUp> RunAsync(string? webhookUrl, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var step in Steps(webhookUrl))
            yield return await AskAsync(() => step(cancel));
    }

    private IEnumerable<Func<CancellationToken, Task<SetUp>>> Steps(string? webhookUrl)
    {
        foreach (var offer in plans.Current.Plans.Values.Cast<Offer>().Concat(plans.Current.Packs.Values))
        {
            yield return cancel => ProductAsync(offer, cancel);
            yield return cancel => PriceAsync(offer, cancel);
        }
        if (webhookUrl is not null)
            yield return cancel => EndpointAsync(webhookUrl, cancel);
    }

    private static async Task<SetUp> AskAsync(Func<Task<SetUp>> step)
    {
        try
        {
            return await step();
        }
        catch (Exception refused) when (CheckoutUnavailableException.IsOf(refused))
        {
            throw new CheckoutUnavailableException(refused);
        }
    }

    private static string ProductId(Offer offer) => "aigateway_" + offer.Id;

    /// <summary>A changed price is another price: Stripe's cannot be edited, and running subscriptions keep theirs.</summary>
    private static string LookupKey(Offer offer) => offer is Plan { Cycle: var cycle }
        ? string.Create(CultureInfo.InvariantCulture, $"aigateway_{offer.Id}_{offer.UsdCents}_{cycle.Count}{cycle.Unit}")
        : string.Create(CultureInfo.InvariantCulture, $"aigateway_{offer.Id}_{offer.UsdCents}");

    private async Task<SetUp> ProductAsync(Offer offer, CancellationToken cancel)
    {
        try
        {
            var there = await client.V1.Products.GetAsync(ProductId(offer), cancellationToken: cancel);
            return new SetUp("product", offer.Id, there.Id, "there");
        }
        catch (StripeException none) when (none.HttpStatusCode == HttpStatusCode.NotFound)
        {
            var made = await client.V1.Products.CreateAsync(new ProductCreateOptions { Id = ProductId(offer), Name = offer.Name }, cancellationToken: cancel);
            return new SetUp("product", offer.Id, made.Id, "made");
        }
    }

    private async Task<SetUp> PriceAsync(Offer offer, CancellationToken cancel)
    {
        var known = await client.V1.Prices.ListAsync(new PriceListOptions { LookupKeys = [LookupKey(offer)], Active = true }, cancellationToken: cancel);
        var price = known.Data.FirstOrDefault();
        var done = price is null ? "made" : "there";
        price ??= await client.V1.Prices.CreateAsync(new PriceCreateOptions
        {
            Product = ProductId(offer), Currency = "usd", UnitAmount = offer.UsdCents, LookupKey = LookupKey(offer),
            Recurring = offer is Plan { Cycle: var cycle }
                ? new PriceRecurringOptions { Interval = cycle.Unit.ToString().ToLowerInvariant(), IntervalCount = cycle.Count } : null,
        }, cancellationToken: cancel);
        return new SetUp("price", offer.Id, price.Id, done, offer.StripePriceId == price.Id ? null : $"write {price.Id} as stripe_price of \"{offer.Id}\" in plans.json, or into its environment variable");
    }

    /// <summary>Made for the version that this program was written for: the account's default version would park every event.</summary>
    private async Task<SetUp> EndpointAsync(string url, CancellationToken cancel)
    {
        var known = await client.V1.WebhookEndpoints.ListAsync(new WebhookEndpointListOptions { Limit = PageSize }, cancellationToken: cancel);
        if (known.Data.FirstOrDefault(endpoint => endpoint.Url == url && endpoint.Status == "enabled") is { } there)
            return new SetUp("webhook endpoint", url, there.Id, "there", there.ApiVersion == StripeConfiguration.ApiVersion
                ? null : $"it speaks version {there.ApiVersion}: delete it at Stripe and run this again");
        var made = await client.V1.WebhookEndpoints.CreateAsync(
            new WebhookEndpointCreateOptions { Url = url, ApiVersion = StripeConfiguration.ApiVersion, EnabledEvents = [.. Events] }, cancellationToken: cancel);
        return new SetUp("webhook endpoint", url, made.Id, "made", $"STRIPE_WEBHOOK_SECRET={made.Secret} (shown once)");
    }
}
