using System.Text.Json;
using Stripe;

namespace AiGateway.Tests.Billing;

/// <summary>Events as Stripe writes them.</summary>
internal static class Paper
{
    public const string Annual = "price_annual", Monthly = "price_monthly";

    public static long Unix(DateTimeOffset at) => at.ToUnixTimeSeconds();

    public static string Event(string id, string type, object content, string? version = null) => JsonSerializer.Serialize(new
    {
        id, @object = "event", api_version = version ?? StripeConfiguration.ApiVersion, created = 1_767_225_600L, type, livemode = false, pending_webhooks = 1,
        data = new { @object = content },
    });

    public static object Line(string subscription, string price, DateTimeOffset start, DateTimeOffset end, long amount, bool proration = false, int quantity = 1) => new
    {
        id = $"il_{subscription}_{Unix(start)}_{proration}", @object = "line_item", amount, currency = "usd", quantity,
        period = new { start = Unix(start), end = Unix(end) },
        parent = new { type = "subscription_item_details", subscription_item_details = new { proration, subscription } },
        pricing = new { type = "price_details", price_details = new { price, product = "prod_1" } },
    };

    public static object Invoice(
        string id, string? customer, string subscription, string reason, long paid, object[] lines, IReadOnlyDictionary<string, string>? metadata = null, bool hasMore = false) => new
    {
        id, @object = "invoice", customer, amount_paid = paid, currency = "usd", billing_reason = reason, status = "paid",
        lines = new { @object = "list", has_more = hasMore, data = lines },
        parent = new { type = "subscription_details", subscription_details = new { subscription, metadata = metadata ?? new Dictionary<string, string>() } },
    };

    public static object Session(
        string id, string mode, string status, string? purchase, long cents, string? intent = null, string? customer = null, string? subscription = null,
        string? reference = null, string currency = "usd") => new
    {
        id, @object = "checkout.session", mode, payment_status = status, status = "complete", amount_subtotal = cents, amount_total = cents, currency,
        client_reference_id = reference, payment_intent = intent, customer, subscription,
        metadata = purchase is null ? [] : new Dictionary<string, string> { ["purchase_id"] = purchase },
    };

    public static object Refund(string id, string intent, long amount, string status) =>
        new { id, @object = "refund", payment_intent = intent, charge = "ch_" + intent, amount, currency = "usd", status };

    public static object Dispute(string id, string intent, long amount, string status) =>
        new { id, @object = "dispute", payment_intent = intent, charge = "ch_" + intent, amount, currency = "usd", status };

    public static object InvoicePayment(string id, string invoice, string intent) =>
        new { id, @object = "invoice_payment", invoice, status = "paid", payment = new { type = "payment_intent", payment_intent = intent } };

    public static object Subscription(
        string id, string customer, string price, string status, DateTimeOffset start, DateTimeOffset end, string? user = null, DateTimeOffset? ended = null,
        DateTimeOffset? trialStart = null, DateTimeOffset? trialEnd = null, bool cancels = false) => new
    {
        id, @object = "subscription", customer, status, cancel_at_period_end = cancels, ended_at = ended?.ToUnixTimeSeconds(),
        trial_start = trialStart?.ToUnixTimeSeconds(), trial_end = trialEnd?.ToUnixTimeSeconds(),
        metadata = user is null ? [] : new Dictionary<string, string> { ["aigateway_user_id"] = user },
        items = new
        {
            @object = "list", has_more = false,
            data = new[] { new { id = "si_" + id, @object = "subscription_item", current_period_start = Unix(start), current_period_end = Unix(end), price = new { id = price, @object = "price" } } },
        },
    };

    public static object Customer(string id, string? user = null) =>
        new { id, @object = "customer", metadata = user is null ? [] : new Dictionary<string, string> { ["aigateway_user_id"] = user } };
}
