using AiGateway.Billing;
using AiGateway.Storage.Tables;
using Stripe;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Billing;

/// <summary>What goes to Stripe over the wire, and what is made of its answers.</summary>
public sealed class StripeOverHttpTests : IDisposable
{
    private readonly WireMockServer _stripe = WireMockServer.Start();

    private StripeClient Client => BillingRegistration.Client("sk_test_over_the_wire", _stripe.Url);

    public void Dispose() => _stripe.Dispose();

    private void Answers(string method, string path, object body, int status = 200) =>
        _stripe.Given(Request.Create().WithPath(path).UsingMethod(method)).RespondWith(
            Response.Create().WithStatusCode(status).WithHeader("Content-Type", "application/json").WithBody(Paper.Json(body)?.ToJsonString() ?? ""));

    private string Sent(string path, string method = "POST") =>
        Uri.UnescapeDataString(_stripe.LogEntries.Last(e => e.RequestMessage?.Path == path && e.RequestMessage.Method == method).RequestMessage?.Body ?? "");

    [Fact]
    public async Task A_subscription_is_looked_at_and_one_that_is_gone_is_none()
    {
        Answers("GET", "/v1/subscriptions/sub_1", Paper.Subscription("sub_1", "cus_1", Paper.Monthly, "active", Start, Start + Sub.Month, User));
        Answers("GET", "/v1/subscriptions/sub_2", new { error = new { type = "invalid_request_error", code = "resource_missing" } }, 404);
        var side = new StripeSide(Client);
        var seen = await side.SubscriptionAsync("sub_1", Cancel);
        Assert.Equal(("active", Paper.Monthly), (seen?.Status, seen?.Items.Data[0].Price.Id));
        Assert.Null(await side.SubscriptionAsync("sub_2", Cancel));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_failing_answer_is_an_error_and_not_an_absence(int status)
    {
        Answers("GET", "/v1/subscriptions/sub_1", new { error = new { type = "api_error" } }, status);
        await Assert.ThrowsAsync<StripeException>(() => new StripeSide(Client).SubscriptionAsync("sub_1", Cancel));
    }

    [Fact]
    public async Task The_invoices_of_a_payment_are_found()
    {
        Answers("GET", "/v1/invoice_payments", Paper.List(Paper.InvoicePayment("inpay_1", "in_1", "pi_1")));
        Assert.Equal(["in_1"], await new StripeSide(Client).InvoicesOfAsync("pi_1", Cancel));
        Assert.Contains("payment_intent", _stripe.LogEntries.Single().RequestMessage?.Url ?? "");
    }

    [Theory]
    [InlineData("plan", "subscription", "subscription_data[metadata][purchase_id]=pur_1")]
    [InlineData("pack", "payment", "payment_intent_data[metadata][purchase_id]=pur_1")]
    public async Task A_session_carries_our_row_and_our_price(string kind, string mode, string metadata)
    {
        Answers("POST", "/v1/checkout/sessions", new { id = "cs_1", @object = "checkout.session", url = "https://pay.test" });
        var purchase = new PurchaseRow { Id = "pur_1", UserId = User, Kind = kind, OfferId = "x", PriceId = "price_x", State = "open" };
        Assert.Equal(("cs_1", "https://pay.test"), await new StripeCheckoutSide(Client).OpenAsync(purchase, "cus_1", "https://gw", Cancel));
        var sent = Sent("/v1/checkout/sessions").Replace('+', ' ');
        foreach (var part in new[] { $"mode={mode}", "customer=cus_1", $"client_reference_id={User}", "metadata[purchase_id]=pur_1", "line_items[0][price]=price_x", metadata })
            Assert.Contains(part, sent);
        Assert.Equal("cs:pur_1", _stripe.LogEntries.Single().RequestMessage?.Headers?["Idempotency-Key"].Single());
    }

    [Fact]
    public async Task An_upgrade_waits_for_its_money()
    {
        Answers("GET", "/v1/subscriptions/sub_1", Paper.Subscription("sub_1", "cus_1", Paper.Monthly, "active", Start, Start + Sub.Month));
        Answers("POST", "/v1/subscriptions/sub_1", Paper.Subscription("sub_1", "cus_1", Paper.Annual, "active", Start, Start.AddYears(1)));
        await new StripeCheckoutSide(Client).UpgradeAsync("sub_1", new PurchaseRow { Id = "pur_1", UserId = User, Kind = "plan", OfferId = "annual", PriceId = Paper.Annual, State = "open" }, Cancel);
        var sent = Sent("/v1/subscriptions/sub_1");
        foreach (var part in new[] { "items[0][id]=si_sub_1", "items[0][price]=price_annual", "payment_behavior=pending_if_incomplete", "proration_behavior=always_invoice" })
            Assert.Contains(part, sent);
    }

    [Fact]
    public async Task Setup_makes_what_is_missing_with_the_version_that_is_understood()
    {
        await using var box = await BillingBox.OpenAsync();
        foreach (var offer in new[] { "annual", "monthly", "small" })
            Answers("GET", $"/v1/products/aigateway_{offer}", new { error = new { type = "invalid_request_error", code = "resource_missing" } }, 404);
        Answers("POST", "/v1/products", new { id = "prod_made", @object = "product" });
        Answers("GET", "/v1/prices", Paper.List());
        Answers("POST", "/v1/prices", new { id = "price_made", @object = "price" });
        Answers("GET", "/v1/webhook_endpoints", Paper.List());
        Answers("POST", "/v1/webhook_endpoints", new { id = "we_1", @object = "webhook_endpoint", secret = "whsec_new" });
        var done = await DoneAsync(box);
        Assert.All(done, one => Assert.Equal("made", one.Done));
        Assert.Equal(7, done.Count);
        Assert.Contains($"api_version={StripeConfiguration.ApiVersion}", Sent("/v1/webhook_endpoints"));
        var prices = _stripe.LogEntries.Where(e => e.RequestMessage is { Path: "/v1/prices", Method: "POST" }).Select(e => Uri.UnescapeDataString(e.RequestMessage?.Body ?? "")).ToList();
        Assert.Contains(prices, p => p.Contains("recurring[interval]=day") && p.Contains("recurring[interval_count]=28") && p.Contains("unit_amount=10900"));
        Assert.Contains(prices, p => p.Contains("recurring[interval]=year") && p.Contains("unit_amount=99900"));
    }

    [Fact]
    public async Task Setup_again_makes_nothing()
    {
        await using var box = await BillingBox.OpenAsync();
        foreach (var offer in new[] { "annual", "monthly", "small" })
            Answers("GET", $"/v1/products/aigateway_{offer}", new { id = "aigateway_" + offer, @object = "product" });
        Answers("GET", "/v1/prices", Paper.List(new { id = Paper.Annual, @object = "price" }));
        Answers("GET", "/v1/webhook_endpoints", Paper.List(new { id = "we_1", @object = "webhook_endpoint", url = "https://gw/stripe/webhook", status = "enabled", api_version = StripeConfiguration.ApiVersion }));
        Assert.All(await DoneAsync(box), one => Assert.Equal("there", one.Done));
        Assert.DoesNotContain(_stripe.LogEntries, e => e.RequestMessage?.Method == "POST");
    }

    private async Task<List<SetUp>> DoneAsync(BillingBox box)
    {
        var done = new List<SetUp>();
        await foreach (var one in new StripeSetup(Client, box).RunAsync("https://gw/stripe/webhook", Cancel))
            done.Add(one);
        return done;
    }
}
