using System.Text.Json;
using AiGateway.Plans;
using AiGateway.Storage.Tables;
using Stripe;
using Plan = AiGateway.Plans.Plan;

namespace AiGateway.Billing;

/// <summary>What Stripe would send if the demo's page were Stripe's: events of its shape, signed by its algorithm with this gateway's own secret.</summary>
internal sealed class DemoEvents(BillingStore store, Offers offers, BillingSettings settings, TimeProvider time)
{
    internal sealed record Signed(string Id, string Type, string Body, string Signature);

    public static string SessionOf(string purchaseId) => "cs_demo_" + purchaseId;

    /// <returns>The events of a payment that went through, in Stripe's order; none where there is no such purchase.</returns>
    public async Task<IReadOnlyList<Signed>> PaidAsync(string purchaseId, CancellationToken cancel)
    {
        if (await store.PurchaseAsync(purchaseId, cancel) is not { } purchase)
            return [];
        var wasLate = purchase.State == PurchaseStates.Processing;
        var session = Sign(purchase, wasLate ? "checkout.session.async_payment_succeeded" : "checkout.session.completed", Session(purchase, "paid"));
        return purchase.Kind == PurchaseKinds.Plan && offers.Find(purchase.OfferId, null) is Plan plan
            ? [session, Sign(purchase, "invoice.paid", Invoice(purchase, plan))]
            : [session];
    }

    /// <summary>The buyer chose a way to pay that takes days.</summary>
    public async Task<IReadOnlyList<Signed>> LaterAsync(string purchaseId, CancellationToken cancel) =>
        await store.PurchaseAsync(purchaseId, cancel) is { } purchase ? [Sign(purchase, "checkout.session.completed", Session(purchase, "unpaid"), "_unpaid")] : [];

    public async Task<IReadOnlyList<Signed>> FailedAsync(string purchaseId, CancellationToken cancel) =>
        await store.PurchaseAsync(purchaseId, cancel) is { } purchase ? [Sign(purchase, "checkout.session.async_payment_failed", Session(purchase, "unpaid"))] : [];

    /// <summary>A paid invoice of a customer whose user nobody knows: it is parked until an operator links the two.</summary>
    public Signed PaidByStranger(Plan plan)
    {
        var stranger = new PurchaseRow
        {
            Id = Stranger, UserId = "", Kind = PurchaseKinds.Plan, OfferId = plan.Id, Tokens = plan.Tokens, UsdCents = plan.UsdCents,
            PriceId = offers.PriceOf(plan) ?? "", State = PurchaseStates.Open, CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        return Sign("evt_demo_" + Stranger, "invoice.paid", Invoice(stranger, plan, customer: "cus_demo_" + Stranger));
    }

    private const string Stranger = "sold_elsewhere";

    /// <param name="variant">Tells events of one type apart: whoever pays before his "later" was applied sends two.</param>
    private Signed Sign(PurchaseRow purchase, string type, object content, string variant = "") => Sign($"evt_demo_{purchase.Id}_{type}{variant}", type, content);

    private Signed Sign(string id, string type, object content)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var body = JsonSerializer.Serialize(new
        {
            id, @object = "event", api_version = StripeConfiguration.ApiVersion, created = now, type, livemode = false,
            pending_webhooks = 1, data = new { @object = content },
        });
        var secret = settings.WebhookSecrets.FirstOrDefault() ?? throw new InvalidOperationException("The demo checkout signs with a secret of its own.");
        return new Signed(id, type, body, EventUtility.GenerateSignatureHeader(body, secret, now));
    }

    private static object Session(PurchaseRow purchase, string status) => new
    {
        id = SessionOf(purchase.Id), @object = "checkout.session", mode = purchase.Kind == PurchaseKinds.Plan ? "subscription" : "payment",
        payment_status = status, status = "complete", amount_subtotal = purchase.UsdCents, amount_total = purchase.UsdCents, currency = "usd",
        client_reference_id = purchase.UserId, payment_intent = purchase.Kind == PurchaseKinds.Plan ? null : "pi_demo_" + purchase.Id,
        subscription = purchase.Kind == PurchaseKinds.Plan ? SubscriptionOf(purchase) : null,
        metadata = Metadata(purchase),
    };

    private object Invoice(PurchaseRow purchase, Plan plan, string? customer = null)
    {
        // The purchase's own moment, so that paying twice is the same period.
        var start = DateTimeOffset.FromUnixTimeMilliseconds(purchase.CreatedAt);
        var period = new { start = start.ToUnixTimeSeconds(), end = End(start, plan.Cycle).ToUnixTimeSeconds() };
        var line = new
        {
            id = "il_demo_" + purchase.Id, @object = "line_item", amount = purchase.UsdCents, currency = "usd", quantity = 1, period,
            parent = new { type = "subscription_item_details", subscription_item_details = new { proration = false, subscription = SubscriptionOf(purchase) } },
            pricing = new { type = "price_details", price_details = new { price = purchase.PriceId, product = "prod_demo_" + plan.Id } },
        };
        return new
        {
            id = "in_demo_" + purchase.Id, @object = "invoice", customer, amount_paid = purchase.UsdCents, currency = "usd", billing_reason = "subscription_create",
            status = "paid", lines = new { @object = "list", has_more = false, data = new[] { line } },
            parent = new { type = "subscription_details", subscription_details = new { subscription = SubscriptionOf(purchase), metadata = customer is null ? Metadata(purchase) : null } },
        };
    }

    private static string SubscriptionOf(PurchaseRow purchase) => "sub_demo_" + purchase.Id;

    private static Dictionary<string, string> Metadata(PurchaseRow purchase) =>
        new() { [CheckoutEvents.PurchaseKey] = purchase.Id, [CustomerLinks.UserKey] = purchase.UserId };

    private static DateTimeOffset End(DateTimeOffset start, BillingCycle cycle) => cycle.Unit switch
    {
        BillingUnit.Day => start.AddDays(cycle.Count),
        BillingUnit.Month => start.AddMonths(cycle.Count),
        BillingUnit.Year => start.AddYears(cycle.Count),
        _ => throw new InvalidOperationException($"No length of {cycle.Unit}."),
    };
}
