using System.Text.Json;
using System.Text.Json.Nodes;
using Stripe;
using Stripe.Checkout;

namespace AiGateway.Tests.Billing;

/// <summary>Objects as Stripe writes them: its own library's models, serialised by that library.</summary>
internal static class Paper
{
    public const string Annual = "price_annual", Monthly = "price_monthly";
    private const string Usd = "usd";

    public static string Event(string id, string type, object content, string? version = null) => new JsonObject
    {
        ["id"] = id, ["object"] = "event", ["api_version"] = version ?? StripeConfiguration.ApiVersion, ["created"] = 1_767_225_600L, ["type"] = type, ["livemode"] = false,
        ["pending_webhooks"] = 1, ["data"] = new JsonObject { ["object"] = Json(content) },
    }.ToJsonString();

    public static JsonNode? Json(object content) => content as JsonNode ?? (content is StripeEntity entity ? JsonNode.Parse(entity.ToJson()) : JsonSerializer.SerializeToNode(content));

    public static JsonNode List(params IEnumerable<object> data) =>
        new JsonObject { ["object"] = "list", ["has_more"] = false, ["url"] = "/v1/x", ["data"] = new JsonArray([.. data.Select(Json)]) };

    public static InvoiceLineItem Line(
        string subscription, string price, DateTimeOffset start, DateTimeOffset end, long amount, bool proration = false, int quantity = 1, bool isItem = false) => new()
    {
        Id = $"il_{subscription}_{start.ToUnixTimeSeconds()}_{proration}", Object = "line_item", Amount = amount, Currency = Usd, Quantity = quantity,
        Period = new InvoiceLineItemPeriod { Start = start.UtcDateTime, End = end.UtcDateTime },
        Parent = isItem
            ? new InvoiceLineItemParent { Type = "invoice_item_details", InvoiceItemDetails = new InvoiceLineItemParentInvoiceItemDetails { Proration = proration, Subscription = subscription } }
            : new InvoiceLineItemParent { Type = "subscription_item_details", SubscriptionItemDetails = new InvoiceLineItemParentSubscriptionItemDetails { Proration = proration, Subscription = subscription } },
        Pricing = new InvoiceLineItemPricing { Type = "price_details", PriceDetails = new InvoiceLineItemPricingPriceDetails { PriceId = price, Product = "prod_1" } },
    };

    public static Invoice Invoice(
        string id, string? customer, string subscription, string reason, long paid, InvoiceLineItem[] lines, Dictionary<string, string>? metadata = null, bool hasMore = false) => new()
    {
        Id = id, Object = "invoice", CustomerId = customer, AmountPaid = paid, Currency = Usd, BillingReason = reason, Status = "paid", Created = Sometime,
        PeriodStart = Sometime, PeriodEnd = Sometime,
        Lines = new StripeList<InvoiceLineItem> { Object = "list", HasMore = hasMore, Data = [.. lines], Url = $"/v1/invoices/{id}/lines" },
        Parent = new InvoiceParent
        {
            Type = "subscription_details", SubscriptionDetails = new InvoiceParentSubscriptionDetails { SubscriptionId = subscription, Metadata = metadata ?? [] },
        },
    };

    public static Session Session(
        string id, string mode, string status, string? purchase, long cents, string? intent = null, string? customer = null, string? subscription = null,
        string? reference = null, string currency = Usd) => new()
    {
        Id = id, Object = "checkout.session", Mode = mode, PaymentStatus = status, Status = "complete", AmountSubtotal = cents, AmountTotal = cents, Currency = currency,
        ClientReferenceId = reference, PaymentIntentId = intent, CustomerId = customer, SubscriptionId = subscription, Created = Sometime, ExpiresAt = Sometime,
        Metadata = purchase is null ? [] : new Dictionary<string, string> { ["purchase_id"] = purchase },
    };

    public static Refund Refund(string id, string intent, long amount, string status) =>
        new() { Id = id, Object = "refund", PaymentIntentId = intent, ChargeId = "ch_" + intent, Amount = amount, Currency = Usd, Status = status, Created = Sometime };

    public static Dispute Dispute(string id, string intent, long amount, string status) =>
        new() { Id = id, Object = "dispute", PaymentIntentId = intent, ChargeId = "ch_" + intent, Amount = amount, Currency = Usd, Status = status, Created = Sometime };

    public static InvoicePayment InvoicePayment(string id, string invoice, string intent) => new()
    {
        Id = id, Object = "invoice_payment", InvoiceId = invoice, Status = "paid", Created = Sometime,
        Payment = new InvoicePaymentPayment { Type = "payment_intent", PaymentIntentId = intent },
    };

    public static Subscription Subscription(
        string id, string customer, string price, string status, DateTimeOffset start, DateTimeOffset end, string? user = null, DateTimeOffset? ended = null,
        DateTimeOffset? trialStart = null, DateTimeOffset? trialEnd = null, bool cancels = false, string? invoice = null, DateTimeOffset? created = null) => new()
    {
        Id = id, Object = "subscription", CustomerId = customer, Status = status, CancelAtPeriodEnd = cancels, EndedAt = ended?.UtcDateTime, LatestInvoiceId = invoice,
        TrialStart = trialStart?.UtcDateTime, TrialEnd = trialEnd?.UtcDateTime, Created = (created ?? start).UtcDateTime, StartDate = start.UtcDateTime, BillingCycleAnchor = start.UtcDateTime,
        Metadata = user is null ? [] : new Dictionary<string, string> { ["aigateway_user_id"] = user },
        Items = new StripeList<SubscriptionItem>
        {
            Object = "list", HasMore = false, Url = "/v1/subscription_items",
            Data = [new SubscriptionItem
            {
                Id = "si_" + id, Object = "subscription_item", Created = Sometime, CurrentPeriodStart = start.UtcDateTime, CurrentPeriodEnd = end.UtcDateTime,
                Price = new Price { Id = price, Object = "price", Created = Sometime }, Subscription = id,
            }],
        },
    };

    public static Customer Customer(string id, string? user = null) =>
        new() { Id = id, Object = "customer", Created = Sometime, Metadata = user is null ? [] : new Dictionary<string, string> { ["aigateway_user_id"] = user } };

    /// <summary>A date that nothing follows from.</summary>
    private static readonly DateTime Sometime = DateTime.UnixEpoch.AddSeconds(1_767_225_600);
}
