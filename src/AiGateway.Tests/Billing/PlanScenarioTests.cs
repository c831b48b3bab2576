using AiGateway.Tests.Ledger;
using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Billing;

/// <summary>What a subscriber's account goes through.</summary>
public sealed class PlanScenarioTests
{
    private static string Key(DateTimeOffset start, string price = Paper.Monthly, string sub = "sub_1") => $"sub:{sub}:{price}:{start.ToUnixTimeSeconds()}";

    [Theory]
    [InlineData(Paper.Monthly, 600_000)]
    [InlineData(Paper.Annual, 5_000_000)]
    public async Task A_paid_invoice_grants_its_plan(string price, long tokens)
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.Equal("1", await new Sub(box, User, price).PaidAsync("in_1", Start));
        Assert.Equal(tokens, box.Balance());
        Assert.Equal("subscription_grant", box.Table.Text("SELECT action_type FROM token_lots"));
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task The_same_invoice_in_two_events_grants_once()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_1", Start);
        await sub.PaidAsync("in_1", Start);
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task A_renewal_takes_the_place_of_what_was_left()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_1", Start);
        await box.Ledger.UseAsync(200_000, "r1");
        box.Clock.Advance(Sub.Month + TimeSpan.FromHours(1));
        await sub.PaidAsync("in_2", Start + Sub.Month, "subscription_cycle");
        Assert.Equal(600_000, box.Balance());
        Assert.Equal("renewal_grant", box.Table.Text("SELECT action_type FROM token_lots ORDER BY id DESC LIMIT 1"));
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task What_is_left_stays_usable_for_72_hours_and_not_longer()
    {
        await using var box = await BillingBox.OpenAsync();
        await new Sub(box, User).PaidAsync("in_1", Start);
        box.Clock.Advance(Sub.Month + TimeSpan.FromHours(71));
        await box.Ledger.Sweeper.SweepAsync(Cancel);
        Assert.Equal(600_000, box.Balance());
        box.Clock.Advance(TimeSpan.FromHours(1));
        await box.Ledger.Sweeper.SweepAsync(Cancel);
        Assert.Equal(0, box.Balance());
    }

    [Fact]
    public async Task Packs_outlive_every_renewal()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_1", Start);
        await box.Ledger.GrantAsync(100_000, "pack");
        box.Clock.Advance(Sub.Month);
        await sub.PaidAsync("in_2", Start + Sub.Month, "subscription_cycle");
        Assert.Equal(700_000, box.Balance());
    }

    [Fact]
    public async Task A_renewal_that_overtakes_its_predecessor_leaves_the_same_books()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_2", Start, "subscription_cycle");
        await sub.PaidAsync("in_1", Start - Sub.Month);
        Assert.Equal(600_000, box.Balance());
        Assert.Equal($"{Key(Start - Sub.Month)}|600000|0\n{Key(Start)}|600000|600000", box.Lots());
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_full_coupon_is_a_payment_of_nothing_and_grants_all()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        sub.Now("active", Start);
        await sub.PaidAsync("in_1", Start, paid: 0);
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task A_trial_grants_trial_tokens_and_never_the_plan()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        sub.Now("trialing", Start, Start.AddDays(7), trialStart: Start, trialEnd: Start.AddDays(7));
        await sub.PaidAsync("in_1", Start, paid: 0, end: Start.AddDays(7));
        Assert.Equal("trial:sub_1|1000|1000", box.Lots());
    }

    [Fact]
    public async Task A_trial_grants_nothing_where_the_plans_give_none()
    {
        await using var box = await BillingBox.OpenAsync();
        box.Current = BillingBox.Book with { TrialTokens = 0 };
        var sub = new Sub(box, User);
        sub.Now("trialing", Start, Start.AddDays(7), trialStart: Start, trialEnd: Start.AddDays(7));
        await sub.PaidAsync("in_1", Start, paid: 0, end: Start.AddDays(7));
        Assert.Equal(0, box.Balance());
    }

    [Fact]
    public async Task The_first_payment_after_a_trial_grants_the_plan()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        var paidFrom = Start.AddDays(7);
        sub.Now("active", paidFrom, trialStart: Start, trialEnd: paidFrom);
        await sub.PaidAsync("in_1", Start, paid: 0, end: paidFrom);
        box.Clock.Advance(TimeSpan.FromDays(7));
        await sub.PaidAsync("in_2", paidFrom, "subscription_cycle");
        Assert.Equal(600_000, box.Balance());
        Assert.Contains(Key(paidFrom), box.Lots());
    }

    [Fact]
    public async Task A_voided_invoice_that_was_written_again_grants_once()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        sub.Now("active", Start);
        await box.TellAsync("invoice.voided", sub.Invoice("in_1", Start));
        await sub.PaidAsync("in_1b", Start);
        await sub.PaidAsync("in_1c", Start, "manual");
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task An_upgrade_resets_to_the_annual_plan_and_ignores_the_credit_for_the_month()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_1", Start);
        box.Clock.Advance(TimeSpan.FromDays(10));
        var at = Start.AddDays(10);
        var credit = Paper.Line("sub_1", Paper.Monthly, at, Start + Sub.Month, -7_000, proration: true);
        await box.TellAsync("invoice.paid", sub.Invoice("in_2", at, "subscription_update", 92_900, at.AddYears(1), Paper.Annual, credit));
        Assert.Equal($"{Key(at, Paper.Annual)}|5000000|5000000\n{Key(Start)}|600000|0", box.Lots());
        Assert.Equal(5_000_000, box.Balance());
    }

    [Fact]
    public async Task An_invoice_of_proration_alone_grants_nothing()
    {
        await using var box = await BillingBox.OpenAsync();
        var paper = Paper.Invoice("in_1", "cus_1", "sub_1", "subscription_update", 500, [Paper.Line("sub_1", Paper.Annual, Start, Start.AddYears(1), 500, proration: true)],
            new Dictionary<string, string> { ["aigateway_user_id"] = User });
        Assert.StartsWith("3", await box.TellAsync("invoice.paid", paper));
        Assert.Equal(0, box.Balance());
    }

    [Fact]
    public async Task A_declined_payment_that_recovers_within_grace_costs_the_user_nothing()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_1", Start);
        box.Clock.Advance(Sub.Month + TimeSpan.FromHours(1));
        sub.Now("past_due", Start + Sub.Month);
        await box.TellAsync("invoice.payment_failed", sub.Invoice("in_2", Start + Sub.Month, "subscription_cycle"));
        Assert.Equal(1, box.Table.Number("SELECT is_payment_failing FROM subscriptions"));
        Assert.Equal(600_000, box.Balance());
        box.Clock.Advance(TimeSpan.FromHours(40));
        await sub.PaidAsync("in_2", Start + Sub.Month, "subscription_cycle");
        Assert.Equal(0, box.Table.Number("SELECT is_payment_failing FROM subscriptions"));
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task A_failure_that_is_told_after_the_payment_changes_nothing()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        sub.Now("active", Start);
        await sub.PaidAsync("in_1", Start);
        await box.TellAsync("invoice.payment_failed", sub.Invoice("in_1", Start));
        Assert.Equal(0, box.Table.Number("SELECT is_payment_failing FROM subscriptions"));
    }

    [Theory]
    [InlineData("invoice.voided")]
    [InlineData("invoice.marked_uncollectible")]
    public async Task A_renewal_that_was_given_up_ends_grace_at_once(string type)
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_1", Start);
        box.Clock.Advance(Sub.Month + TimeSpan.FromHours(5));
        sub.Now("past_due", Start + Sub.Month);
        await box.TellAsync(type, sub.Invoice("in_2", Start + Sub.Month, "subscription_cycle"));
        Assert.Equal(0, box.Balance());
    }

    [Fact]
    public async Task A_cancelled_plan_ends_its_tokens_and_leaves_packs()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_1", Start);
        await box.Ledger.GrantAsync(100_000, "pack");
        box.Clock.Advance(Sub.Month);
        await box.TellAsync("customer.subscription.deleted", sub.Now("canceled", Start, ended: Start + Sub.Month));
        Assert.Equal(100_000, box.Balance());
        Assert.Equal("canceled", box.Table.Text("SELECT status FROM subscriptions"));
    }

    [Fact]
    public async Task An_end_that_is_told_before_the_last_payment_ends_it_all_the_same()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await box.TellAsync("customer.subscription.deleted", sub.Now("canceled", Start, ended: Start));
        await sub.PaidAsync("in_1", Start - Sub.Month);
        Assert.Equal(0, box.Balance());
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_cancellation_at_the_period_end_leaves_the_period()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_1", Start);
        box.Stripe.Now(Paper.Subscription("sub_1", "cus_" + User, Paper.Monthly, "active", Start, Start + Sub.Month, User, cancels: true));
        await box.TellAsync("customer.subscription.updated", Paper.Subscription("sub_1", "cus_" + User, Paper.Monthly, "active", Start, Start + Sub.Month, User));
        Assert.Equal(600_000, box.Balance());
        Assert.Equal(1, box.Table.Number("SELECT cancel_at_period_end FROM subscriptions"));
    }

    [Fact]
    public async Task A_subscriptions_own_events_never_grant_and_never_reset()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await box.TellAsync("customer.subscription.created", sub.Now("active", Start));
        Assert.Equal(0, box.Balance());
        await sub.PaidAsync("in_1", Start);
        box.Clock.Advance(Sub.Month);
        await box.TellAsync("customer.subscription.updated", sub.Now("active", Start + Sub.Month));
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task State_is_what_a_fresh_look_says_not_what_the_event_carried()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        var old = sub.Now("incomplete", Start);
        sub.Now("active", Start);
        await box.TellAsync("customer.subscription.updated", old);
        Assert.Equal("active", box.Table.Text("SELECT status FROM subscriptions"));
    }

    [Fact]
    public async Task Lines_beyond_the_first_page_are_fetched()
    {
        await using var box = await BillingBox.OpenAsync();
        var line = Paper.Line("sub_1", Paper.Monthly, Start, Start + Sub.Month, 10_900);
        box.Stripe.Lines("in_1", Paper.Line("sub_1", Paper.Annual, Start, Start.AddYears(1), 1, proration: true), line);
        await box.TellAsync("invoice.paid", Paper.Invoice("in_1", "cus_1", "sub_1", "subscription_create", 10_900, [], new Dictionary<string, string> { ["aigateway_user_id"] = User }, hasMore: true));
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task Two_of_a_plan_are_granted_twice_its_tokens()
    {
        await using var box = await BillingBox.OpenAsync();
        await box.TellAsync("invoice.paid", Paper.Invoice("in_1", "cus_1", "sub_1", "subscription_create", 21_800,
            [Paper.Line("sub_1", Paper.Monthly, Start, Start + Sub.Month, 21_800, quantity: 2)], new Dictionary<string, string> { ["aigateway_user_id"] = User }));
        Assert.Equal(1_200_000, box.Balance());
    }

    [Fact]
    public async Task A_price_that_no_plan_has_is_parked_and_applied_when_the_plan_is_there()
    {
        await using var box = await BillingBox.OpenAsync();
        box.Current = BillingBox.Book with { Plans = new Dictionary<string, AiGateway.Plans.Plan>() };
        Assert.StartsWith("2 plans.json has no plan", await box.TellAsync("invoice.paid", new Sub(box, User).Invoice("in_1", Start), "evt_p"));
        box.Current = BillingBox.Book;
        Assert.True(await box.Inbox.ReplayAsync("evt_p", Cancel));
        await box.Worker.RunOnceAsync(Cancel);
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task A_period_without_dates_is_refused()
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.StartsWith("2 a line has no period", await new Sub(box, User).PaidAsync("in_1", DateTimeOffset.UnixEpoch));
        Assert.Equal(0, box.Balance());
    }

    [Fact]
    public async Task A_plan_edited_after_its_grant_does_not_grant_again()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_1", Start);
        box.Current = BillingBox.Book with { Grace = TimeSpan.Zero };
        Assert.Equal("1", await sub.PaidAsync("in_1", Start));
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task Proration_comes_as_an_items_line_too_and_grants_nothing()
    {
        await using var box = await BillingBox.OpenAsync();
        var credit = Paper.Line("sub_1", Paper.Monthly, Start, Start + Sub.Month, -7_000, proration: true, isItem: true);
        var debit = Paper.Line("sub_1", Paper.Annual, Start, Start.AddYears(1), 90_000, proration: true, isItem: true);
        Assert.StartsWith("3", await box.TellAsync("invoice.paid", Paper.Invoice("in_1", "cus_1", "sub_1", "subscription_update", 83_000, [credit, debit], new() { ["aigateway_user_id"] = User })));
        Assert.Equal(0, box.Balance());
    }

    [Fact]
    public async Task A_plan_that_is_changed_down_is_granted_by_its_next_period()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User, Paper.Annual);
        await sub.PaidAsync("in_1", Start);
        await box.TellAsync("customer.subscription.updated", sub.Now("active", Start, Start.AddYears(1), priced: Paper.Monthly));
        Assert.Equal(5_000_000, box.Balance());
        box.Clock.Advance(Start.AddYears(1) - Start);
        var renewed = Start.AddYears(1);
        await sub.PaidAsync("in_2", renewed, "subscription_cycle", 10_900, renewed + Sub.Month, Paper.Monthly);
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task A_pause_and_its_end_are_mirrored_and_touch_no_tokens()
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        await sub.PaidAsync("in_1", Start);
        await box.TellAsync("customer.subscription.paused", sub.Now("paused", Start));
        Assert.Equal((600_000, "paused"), (box.Balance(), box.Table.Text("SELECT status FROM subscriptions")));
        await box.TellAsync("customer.subscription.resumed", sub.Now("active", Start));
        Assert.Equal((600_000, "active"), (box.Balance(), box.Table.Text("SELECT status FROM subscriptions")));
    }

    [Theory]
    [InlineData("invoice.payment_failed")]
    [InlineData("invoice.payment_action_required")]
    public async Task A_payment_that_waits_for_the_buyer_grants_nothing_and_is_shown(string type)
    {
        await using var box = await BillingBox.OpenAsync();
        var sub = new Sub(box, User);
        sub.Now("incomplete", Start);
        await box.TellAsync(type, sub.Invoice("in_1", Start));
        Assert.Equal((0, 1), (box.Balance(), box.Table.Number("SELECT is_payment_failing FROM subscriptions")));
    }
}
