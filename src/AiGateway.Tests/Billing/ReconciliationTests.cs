using AiGateway.Billing;
using AiGateway.Ledger;
using AiGateway.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Billing;

/// <summary>What Stripe's lists know and the books do not.</summary>
public sealed class ReconciliationTests
{
    private static readonly TimeSpan At = new(3, 30, 0);

    /// <summary>A month paid and half refunded, and a pack paid and under dispute: of all that nothing was heard.</summary>
    private static async Task<BillingBox> SilentAsync()
    {
        var box = await BillingBox.OpenAsync();
        var purchase = await box.BuyAsync();
        box.Stripe.Paid("pi_1", "in_1");
        var (refund, dispute) = (Paper.Refund("re_1", "pi_1", 10_900 / 2, "succeeded"), Paper.Dispute("dp_1", "pi_2", 1_500, "needs_response"));
        box.Stripe.Now(refund);
        box.Stripe.Now(dispute);
        box.Stripe.Lists("/v1/invoices", new Sub(box, User).Invoice("in_1", Start), new Sub(box, "nobody", id: "sub_n", isKnown: false).Invoice("in_n", Start));
        box.Stripe.Lists("/v1/checkout/sessions", Paper.Session("cs_1", "payment", "paid", purchase, 1_500, "pi_2"));
        box.Stripe.Lists("/v1/refunds", refund);
        box.Stripe.Lists("/v1/disputes", dispute);
        return box;
    }

    private static NightlyReconciliation Node(BillingBox box) => new(new Lazy<Reconciliation>(box.Get<Reconciliation>()), new Leases(box.Get<Connections>(), box.Clock), box.Get<BillingSettings>(),
        box.Clock, NullLogger<NightlyReconciliation>.Instance);

    [Fact]
    public async Task What_never_arrived_is_healed_and_a_second_look_finds_nothing()
    {
        await using var box = await SilentAsync();
        var first = await box.Get<Reconciliation>().RunAsync(35, Cancel);
        Assert.Equal(["in_1", "cs_1", "re_1", "dp_1"], first.Healed);
        Assert.StartsWith("in_n: no user is known", Assert.Single(first.Parked));
        Assert.Equal((5, 300_000), (first.Looked, box.Balance()));
        Assert.Empty((await box.Get<Reconciliation>().RunAsync(35, Cancel)).Healed);
        Assert.Equal(300_000, box.Balance());
        await box.Ledger.AssertBalancedAsync();
    }

    [Fact]
    public async Task What_arrived_is_not_called_healed()
    {
        await using var box = await SilentAsync();
        await new Sub(box, User).PaidAsync("in_1", Start);
        await box.TellAsync("refund.created", Paper.Refund("re_1", "pi_1", 10_900 / 2, "succeeded"));
        Assert.Equal(["cs_1", "dp_1"], (await box.Get<Reconciliation>().RunAsync(35, Cancel)).Healed);
    }

    [Fact]
    public async Task Of_many_nodes_one_looks_each_night()
    {
        await using var box = await SilentAsync();
        box.Clock.Advance(TimeSpan.FromHours(15.5));
        var nodes = Enumerable.Range(0, 4).Select(_ => Node(box)).ToList();
        for (var night = 0; night < 3; night++)
        {
            var looks = 0;
            for (var hour = 0; hour < 24; hour++, box.Clock.Advance(TimeSpan.FromHours(1)))
                looks += (await Task.WhenAll(nodes.Select(node => Task.Run(() => node.LookAsync(At, Cancel), Cancel)))).Count(done => done is not null);
            Assert.Equal(1, looks);
        }
        Assert.Equal(300_000, box.Balance());
    }

    [Fact]
    public async Task A_night_that_ended_in_an_error_is_tried_again()
    {
        await using var box = await SilentAsync();
        box.Stripe.Fails = () => true;
        var refused = await Assert.ThrowsAsync<CheckoutUnavailableException>(() => Node(box).LookAsync(At, Cancel));
        Assert.DoesNotContain("sk_test", refused.Reason);
        box.Stripe.Fails = () => false;
        Assert.NotNull(await Node(box).LookAsync(At, Cancel));
    }

    [Fact]
    public async Task The_time_of_day_is_kept()
    {
        await using var box = await SilentAsync();
        // The clock stands at noon: the night before is made up for.
        Assert.NotNull(await Node(box).LookAsync(At, Cancel));
        box.Clock.Advance(TimeSpan.FromHours(15));
        Assert.Null(await Node(box).LookAsync(At, Cancel));
        box.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.NotNull(await Node(box).LookAsync(At, Cancel));
    }

    [Fact]
    public async Task The_summary_tells_what_was_found()
    {
        await using var box = await SilentAsync();
        await box.Get<Reconciliation>().RunAsync(35, Cancel);
        var summary = await new AiGateway.Insights.StripeReader(box.Get<Microsoft.EntityFrameworkCore.IDbContextFactory<GatewayDb>>(), box.Clock).SummaryAsync(Cancel);
        Assert.Equal((Start.UtcDateTime, 4, 1), (summary.ReconciledAt, summary.ReconciledHealed, summary.ReconciledParked));
    }
}
