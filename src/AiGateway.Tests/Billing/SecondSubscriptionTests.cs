using AiGateway.Billing;
using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Billing;

/// <summary>Who subscribes twice pays once, whatever is heard of first.</summary>
public sealed class SecondSubscriptionTests
{
    private static readonly DateTimeOffset Later = Start.AddDays(3);

    /// <summary>The first one runs and was paid, three days ago.</summary>
    private static async Task<(BillingBox Box, Sub First, Sub Second)> SubscribedAsync()
    {
        var box = await BillingBox.OpenAsync();
        var (first, second) = (new Sub(box, User), new Sub(box, User, id: "sub_2"));
        first.Now("active", Start, invoice: "in_1");
        await first.PaidAsync("in_1", Start);
        box.Clock.Advance(Later - Start);
        second.Now("active", Later, invoice: "in_2");
        box.Stripe.Paid("pi_1", "in_1");
        box.Stripe.Paid("pi_2", "in_2");
        return (box, first, second);
    }

    private static async Task AssertOnlyFirstAsync(BillingBox box)
    {
        Assert.Equal(600_000, box.Balance());
        Assert.Equal(["pi_2"], box.Stripe.Refunded);
        Assert.Single(box.Stripe.Changes, change => change.StartsWith("DELETE /v1/subscriptions/sub_2", StringComparison.Ordinal));
        Assert.DoesNotContain(box.Stripe.Changes, change => change.Contains("sub_1", StringComparison.Ordinal));
        Assert.Equal("sub_1|active|\nsub_2|canceled|sub_1", box.Table.Rows("SELECT subscription_id, status, second_of FROM subscriptions ORDER BY subscription_id"));
        await box.Ledger.AssertBalancedAsync();
    }

    [Theory]
    [InlineData("created paid session")]
    [InlineData("created session paid")]
    [InlineData("paid created session")]
    [InlineData("paid session created")]
    [InlineData("session paid created")]
    [InlineData("session created paid")]
    [InlineData("paid paid created paid session created")]
    public async Task A_second_subscription_is_cancelled_refunded_and_grants_nothing(string order)
    {
        var (box, _, second) = await SubscribedAsync();
        await using var _ = box;
        foreach (var told in order.Split(' '))
            Assert.NotEqual("0", (told switch
            {
                "created" => await box.TellAsync("customer.subscription.created", Paper.Subscription("sub_2", second.Customer, Paper.Monthly, "active", Later, Later + Sub.Month, User)),
                "paid" => await second.PaidAsync("in_2", Later),
                _ => await box.TellAsync("checkout.session.completed", Paper.Session("cs_2", "subscription", "paid", null, 10_900, customer: second.Customer, reference: User, subscription: "sub_2")),
            })[..1]);
        await AssertOnlyFirstAsync(box);
        Assert.DoesNotContain("sub_2", box.Lots());
    }

    [Fact]
    public async Task A_death_or_a_silent_Stripe_in_the_middle_is_made_up_for()
    {
        for (var at = 1; at <= 40; at++)
        {
            var (box, _, second) = await SubscribedAsync();
            await using var _ = box;
            var (statements, answers) = (0, 0);
            (box.Dies, box.Stripe.Fails) = (() => ++statements == at, () => ++answers == at);
            await box.ThroughDeathsAsync(() => box.PostSignedAsync(Paper.Event("evt_s", "invoice.paid", second.Invoice("in_2", Later))));
            await box.ThroughDeathsAsync(() => box.Worker.RunOnceAsync(Cancel));
            box.Clock.Advance(TimeSpan.FromMinutes(1));
            await box.ThroughDeathsAsync(() => box.Worker.RunOnceAsync(Cancel));
            Assert.StartsWith("3 the user pays for sub_1", box.State("evt_s"));
            await AssertOnlyFirstAsync(box);
        }
    }

    [Fact]
    public async Task The_purchase_of_a_second_one_says_that_its_money_goes_back()
    {
        var (box, _, second) = await SubscribedAsync();
        await using var _ = box;
        box.Table.Run("INSERT INTO purchases (id, user_id, kind, offer_id, tokens, usd_cents, price_id, state, created_at, closed_at) VALUES ('pur_2', 'anna', 'plan', 'monthly', 600000, 10900, 'price_monthly', 'open', 0, 0)");
        var invoice = second.Invoice("in_2", Later);
        invoice.Parent.SubscriptionDetails.Metadata["purchase_id"] = "pur_2";
        await box.TellAsync("invoice.paid", invoice);
        await box.TellAsync("checkout.session.completed", Paper.Session("cs_2", "subscription", "paid", "pur_2", 10_900, customer: second.Customer, subscription: "sub_2"));
        Assert.Equal("refunded", box.Table.Text("SELECT state FROM purchases WHERE id = 'pur_2'"));
    }

    [Fact]
    public async Task Money_that_comes_after_the_cancellation_goes_back_too()
    {
        var (box, _, second) = await SubscribedAsync();
        await using var _ = box;
        await box.TellAsync("customer.subscription.created", second.Now("active", Later));
        Assert.Empty(box.Stripe.Refunded);
        await second.PaidAsync("in_2", Later);
        await AssertOnlyFirstAsync(box);
    }

    [Fact]
    public async Task The_one_whose_tokens_were_granted_stays_where_both_came_at_once()
    {
        await using var box = await BillingBox.OpenAsync();
        var (first, second) = (new Sub(box, User), new Sub(box, User, id: "sub_2"));
        second.Now("active", Start.AddSeconds(2), invoice: "in_2");
        await second.PaidAsync("in_2", Start.AddSeconds(2));
        first.Now("active", Start, invoice: "in_1");
        box.Stripe.Paid("pi_1", "in_1");
        await first.PaidAsync("in_1", Start);
        Assert.Equal((600_000, "pi_1"), (box.Balance(), box.Stripe.Refunded.Single()));
        Assert.Equal("sub_2", box.Table.Text("SELECT second_of FROM subscriptions WHERE subscription_id = 'sub_1'"));
    }

    [Fact]
    public async Task A_new_one_takes_the_place_of_one_that_is_past_due()
    {
        var (box, first, second) = await SubscribedAsync();
        await using var _ = box;
        box.Clock.Advance(Sub.Month);
        var start = Start + Sub.Month;
        await box.TellAsync("customer.subscription.updated", first.Now("past_due", start, invoice: "in_1b"));
        second.Now("active", start.AddDays(3), invoice: "in_2");
        await second.PaidAsync("in_2", start.AddDays(3));
        Assert.Equal("sub_1|canceled\nsub_2|active", box.Table.Rows("SELECT subscription_id, status FROM subscriptions ORDER BY subscription_id"));
        Assert.Empty(box.Stripe.Refunded);
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task A_period_that_is_over_is_not_paid_back()
    {
        var (box, _, second) = await SubscribedAsync();
        await using var _ = box;
        box.Clock.Advance(Sub.Month);
        await box.TellAsync("customer.subscription.updated", second.Now("active", Later, invoice: "in_2"));
        Assert.Empty(box.Stripe.Refunded);
        Assert.Equal("canceled", box.Table.Text("SELECT status FROM subscriptions WHERE subscription_id = 'sub_2'"));
    }

    [Fact]
    public async Task A_subscription_to_something_else_is_left_alone()
    {
        var (box, _, _) = await SubscribedAsync();
        await using var _ = box;
        await box.TellAsync("customer.subscription.created", new Sub(box, User, "price_of_a_newspaper", "sub_3").Now("active", Later, invoice: "in_3"));
        Assert.Empty(box.Stripe.Changes);
    }

    [Fact]
    public async Task One_that_ended_at_Stripe_is_not_in_the_way_though_its_event_is_late()
    {
        var (box, first, second) = await SubscribedAsync();
        await using var _ = box;
        first.Now("canceled", Start, ended: Later);
        Assert.Equal("1", await second.PaidAsync("in_2", Later));
        Assert.Empty(box.Stripe.Changes);
        Assert.Contains("sub_2", box.Lots());
    }

    [Fact]
    public async Task Two_users_have_one_each()
    {
        var (box, _, _) = await SubscribedAsync();
        await using var _ = box;
        var other = new Sub(box, "berta", id: "sub_b");
        other.Now("active", Later, invoice: "in_b");
        await other.PaidAsync("in_b", Later);
        Assert.Equal(600_000, box.Balance("berta"));
        Assert.Empty(box.Stripe.Changes);
    }
}
