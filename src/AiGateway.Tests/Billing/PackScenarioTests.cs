using AiGateway.Billing;
using AiGateway.Tests.Ledger;
using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Billing;

/// <summary>Packs, and money that goes back.</summary>
public sealed class PackScenarioTests
{
    private const string Intent = "pi_1";

    private static async Task<BillingBox> BoughtAsync(long used = 0)
    {
        var box = await BillingBox.OpenAsync();
        var purchase = await box.BuyAsync();
        Assert.Equal("1", await box.TellAsync("checkout.session.completed", Paper.Session("cs_1", "payment", "paid", purchase, 1_500, Intent)));
        if (used > 0)
            await box.Ledger.UseAsync(used, "r1");
        return box;
    }

    private static Task<string> RefundAsync(BillingBox box, string id, long cents, string status = "succeeded", string type = "refund.created")
    {
        box.Stripe.Now(Paper.Refund(id, Intent, cents, status));
        return box.TellAsync(type, Paper.Refund(id, Intent, cents, status));
    }

    private static Task<string> DisputeAsync(BillingBox box, string status, string type = "charge.dispute.created", long cents = 1_500)
    {
        box.Stripe.Now(Paper.Dispute("dp_1", Intent, cents, status));
        return box.TellAsync(type, Paper.Dispute("dp_1", Intent, cents, status));
    }

    [Fact]
    public async Task A_paid_session_grants_its_pack_for_ever()
    {
        await using var box = await BoughtAsync();
        Assert.Equal("cs:cs_1|100000|100000", box.Lots());
        Assert.Equal("", box.Table.Text("SELECT expires_at FROM token_lots"));
        Assert.Equal("paid", box.Table.Text("SELECT state FROM purchases"));
    }

    [Fact]
    public async Task Completed_and_async_success_of_one_session_grant_once()
    {
        await using var box = await BillingBox.OpenAsync();
        var purchase = await box.BuyAsync();
        await box.TellAsync("checkout.session.async_payment_succeeded", Paper.Session("cs_1", "payment", "paid", purchase, 1_500, Intent));
        await box.TellAsync("checkout.session.completed", Paper.Session("cs_1", "payment", "paid", purchase, 1_500, Intent));
        Assert.Equal(100_000, box.Balance());
    }

    [Fact]
    public async Task An_unpaid_session_grants_when_its_money_comes()
    {
        await using var box = await BillingBox.OpenAsync();
        var purchase = await box.BuyAsync();
        await box.TellAsync("checkout.session.completed", Paper.Session("cs_1", "payment", "unpaid", purchase, 1_500, Intent));
        Assert.Equal((0, "processing"), (box.Balance(), box.Table.Text("SELECT state FROM purchases")));
        await box.TellAsync("checkout.session.async_payment_succeeded", Paper.Session("cs_1", "payment", "paid", purchase, 1_500, Intent));
        Assert.Equal(100_000, box.Balance());
    }

    [Theory]
    [InlineData("checkout.session.async_payment_failed", "failed")]
    [InlineData("checkout.session.expired", "expired")]
    public async Task A_session_that_fails_closes_its_purchase_and_never_undoes_a_paid_one(string type, string state)
    {
        await using var box = await BillingBox.OpenAsync();
        var purchase = await box.BuyAsync();
        await box.TellAsync(type, Paper.Session("cs_1", "payment", "unpaid", purchase, 1_500));
        Assert.Equal((0, state), (box.Balance(), box.Table.Text("SELECT state FROM purchases")));
        await box.TellAsync("checkout.session.completed", Paper.Session("cs_1", "payment", "paid", purchase, 1_500, Intent));
        await box.TellAsync(type, Paper.Session("cs_1", "payment", "unpaid", purchase, 1_500));
        Assert.Equal((100_000, "paid"), (box.Balance(), box.Table.Text("SELECT state FROM purchases")));
    }

    [Theory]
    [InlineData(1, "usd")]
    [InlineData(1_500, "eur")]
    public async Task Money_that_is_not_what_was_offered_is_parked(long cents, string currency)
    {
        await using var box = await BillingBox.OpenAsync();
        var purchase = await box.BuyAsync();
        Assert.StartsWith("2 what was paid", await box.TellAsync("checkout.session.completed", Paper.Session("cs_1", "payment", "paid", purchase, cents, Intent, currency: currency)));
        Assert.Equal(0, box.Balance());
    }

    [Fact]
    public async Task A_session_of_somebody_else_is_left_alone()
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.StartsWith("3", await box.TellAsync("checkout.session.completed", Paper.Session("cs_1", "payment", "paid", "pur_unknown", 1_500, Intent)));
    }

    [Fact]
    public async Task A_pack_costs_what_it_cost_when_it_was_asked_for()
    {
        await using var box = await BillingBox.OpenAsync();
        var purchase = await box.BuyAsync();
        box.Current = BillingBox.Book with { Packs = new Dictionary<string, AiGateway.Plans.Pack> { ["small"] = new("small", "Small", 1, 9_900, "price_small") } };
        await box.TellAsync("checkout.session.completed", Paper.Session("cs_1", "payment", "paid", purchase, 1_500, Intent));
        Assert.Equal(100_000, box.Balance());
    }

    [Fact]
    public async Task A_refund_takes_its_share()
    {
        await using var box = await BoughtAsync();
        await RefundAsync(box, "re_1", 500);
        Assert.Equal(66_667, box.Balance());
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task Three_partial_refunds_take_all_and_not_a_token_more()
    {
        await using var box = await BoughtAsync();
        foreach (var id in new[] { "re_1", "re_2", "re_3" })
            await RefundAsync(box, id, 500);
        Assert.Equal(0, box.Balance());
        Assert.Equal("33333\n33333\n33334", box.Table.Rows("SELECT tokens_used FROM token_transactions WHERE entry = 'removal' ORDER BY seq"));
    }

    [Fact]
    public async Task A_refund_is_told_in_many_events_and_counts_once()
    {
        await using var box = await BoughtAsync();
        await RefundAsync(box, "re_1", 500, "pending");
        Assert.Equal(100_000, box.Balance());
        await RefundAsync(box, "re_1", 500);
        await RefundAsync(box, "re_1", 500, type: "refund.updated");
        Assert.StartsWith("3", await box.TellAsync("charge.refunded", new { id = "ch_1", @object = "charge", payment_intent = Intent, amount_refunded = 500 }));
        Assert.Equal(66_667, box.Balance());
    }

    [Fact]
    public async Task A_refund_before_its_grant_waits_for_it()
    {
        await using var box = await BillingBox.OpenAsync();
        var purchase = await box.BuyAsync();
        await RefundAsync(box, "re_1", 1_500);
        await box.TellAsync("checkout.session.completed", Paper.Session("cs_1", "payment", "paid", purchase, 1_500, Intent));
        Assert.Equal("cs:cs_1|100000|0", box.Lots());
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_refund_of_spent_tokens_leaves_a_debt()
    {
        await using var box = await BoughtAsync(used: 80_000);
        await RefundAsync(box, "re_1", 1_500);
        Assert.Equal(-80_000, box.Balance());
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_refund_that_fails_gives_back_and_a_new_one_takes_again()
    {
        await using var box = await BoughtAsync();
        await RefundAsync(box, "re_1", 1_500);
        await RefundAsync(box, "re_1", 1_500, "failed", "refund.failed");
        Assert.Equal(100_000, box.Balance());
        await RefundAsync(box, "re_2", 1_500);
        Assert.Equal(0, box.Balance());
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_plans_refund_finds_its_lot_by_its_invoice()
    {
        await using var box = await BillingBox.OpenAsync();
        await new Sub(box, User).PaidAsync("in_1", Start);
        box.Stripe.Paid(Intent, "in_1");
        await RefundAsync(box, "re_1", 10_900 / 2);
        Assert.Equal(300_000, box.Balance());
    }

    [Fact]
    public async Task A_plans_refund_that_comes_first_waits_for_the_link()
    {
        await using var box = await BillingBox.OpenAsync();
        await RefundAsync(box, "re_1", 10_900);
        await new Sub(box, User).PaidAsync("in_1", Start);
        Assert.Equal(600_000, box.Balance());
        await box.TellAsync("invoice_payment.paid", Paper.InvoicePayment("inpay_1", "in_1", Intent));
        Assert.Equal(0, box.Balance());
    }

    [Fact]
    public async Task A_refund_of_a_period_that_expired_takes_nothing_from_the_next()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_1", Start);
        box.Clock.Advance(Sub.Month);
        await sub.PaidAsync("in_2", Start + Sub.Month, "subscription_cycle");
        box.Stripe.Paid(Intent, "in_1");
        await RefundAsync(box, "re_1", 10_900);
        Assert.Equal(600_000, box.Balance());
    }

    [Theory]
    [InlineData("needs_response")]
    [InlineData("under_review")]
    public async Task A_dispute_freezes_what_is_left_and_stops_purchases(string status)
    {
        await using var box = await BoughtAsync(used: 30_000);
        await DisputeAsync(box, status);
        Assert.Equal(0, box.Balance());
        Assert.Equal(PurchaseOutcome.Stopped, (await box.Get<Purchases>().OpenAsync(User, null, "small", "https://g", Cancel)).Outcome);
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_dispute_that_is_won_releases_what_was_frozen()
    {
        await using var box = await BoughtAsync(used: 30_000);
        await DisputeAsync(box, "needs_response");
        await DisputeAsync(box, "won", "charge.dispute.closed");
        Assert.Equal(70_000, box.Balance());
        Assert.Equal(PurchaseOutcome.Opened, (await box.Get<Purchases>().OpenAsync(User, null, "small", "https://g", Cancel)).Outcome);
        await box.Ledger.AssertBalancedAsync();
    }

    /// <summary>Stripe tells of the money's way as well as of the dispute's; either may be lost.</summary>
    [Fact]
    public async Task Funds_withdrawn_and_reinstated_say_the_same_as_created_and_closed()
    {
        await using var box = await BoughtAsync(used: 30_000);
        await DisputeAsync(box, "under_review", "charge.dispute.funds_withdrawn");
        await DisputeAsync(box, "under_review");
        Assert.Equal(0, box.Balance());
        await DisputeAsync(box, "won", "charge.dispute.funds_reinstated");
        await DisputeAsync(box, "won", "charge.dispute.closed");
        Assert.Equal(70_000, box.Balance());
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_dispute_that_is_lost_takes_the_spent_tokens_too()
    {
        await using var box = await BoughtAsync(used: 30_000);
        await DisputeAsync(box, "needs_response");
        await DisputeAsync(box, "lost", "charge.dispute.closed");
        Assert.Equal(-30_000, box.Balance());
        await box.Ledger.AssertBalancedAsync();
    }

    [Theory]
    [InlineData("warning_needs_response")]
    [InlineData("warning_closed")]
    [InlineData("a_word_of_next_year")]
    public async Task An_inquiry_is_noted_and_freezes_nothing(string status)
    {
        await using var box = await BoughtAsync();
        Assert.Equal("1", await DisputeAsync(box, status));
        Assert.Equal(100_000, box.Balance());
    }

    [Fact]
    public async Task A_refund_and_a_dispute_of_one_charge_take_it_back_once()
    {
        await using var box = await BoughtAsync();
        await box.Ledger.GrantAsync(50_000, "other");
        await RefundAsync(box, "re_1", 1_500);
        await DisputeAsync(box, "lost");
        Assert.Equal(50_000, box.Balance());
    }

    [Fact]
    public async Task An_old_word_of_a_dispute_after_its_end_changes_nothing()
    {
        await using var box = await BoughtAsync();
        await DisputeAsync(box, "won", "charge.dispute.closed");
        await box.TellAsync("charge.dispute.created", Paper.Dispute("dp_1", Intent, 1_500, "needs_response"));
        Assert.Equal(100_000, box.Balance());
    }
}
