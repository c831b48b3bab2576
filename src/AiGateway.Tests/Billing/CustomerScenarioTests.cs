using AiGateway.Billing;
using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Billing;

/// <summary>Whose money it is.</summary>
public sealed class CustomerScenarioTests
{
    [Fact]
    public async Task A_customer_nobody_knows_is_parked_and_granted_once_linked()
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.StartsWith("2 no user is known", await new Sub(box, User, isKnown: false).PaidAsync("in_1", Start));
        Assert.Equal(0, box.Balance());
        Assert.Equal(1, await box.Get<CustomerLinks>().LinkAsync("cus_" + User, User, Cancel));
        await box.Worker.RunOnceAsync(Cancel);
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task A_payment_is_granted_though_whoever_linked_its_customer_died_before_he_woke_it()
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.StartsWith("2 no user is known", await new Sub(box, User, isKnown: false).PaidAsync("in_1", Start));
        await box.Store.LinkCustomerAsync("cus_" + User, User, Cancel);
        await box.Worker.RunOnceAsync(Cancel);
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task A_session_that_names_its_user_frees_the_payment_that_came_before_it()
    {
        await using var box = await BillingBox.OpenAsync();
        await new Sub(box, User, isKnown: false).PaidAsync("in_1", Start);
        await box.TellAsync("checkout.session.completed", Paper.Session("cs_1", "subscription", "paid", null, 10_900, customer: "cus_" + User, reference: User, subscription: "sub_1"));
        await box.Worker.RunOnceAsync(Cancel);
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task The_customers_own_metadata_names_the_user()
    {
        await using var box = await BillingBox.OpenAsync();
        box.Stripe.Now(Paper.Customer("cus_" + User, User));
        Assert.Equal("1", await new Sub(box, User, isKnown: false).PaidAsync("in_1", Start));
    }

    [Fact]
    public async Task The_stored_link_goes_before_what_metadata_says()
    {
        await using var box = await BillingBox.OpenAsync();
        await box.Get<CustomerLinks>().LinkAsync("cus_anna", "berta", Cancel);
        await new Sub(box, User).PaidAsync("in_1", Start);
        Assert.Equal((0, 600_000), (box.Balance(), box.Balance("berta")));
    }

    [Fact]
    public async Task A_deleted_customer_suspends_the_account()
    {
        await using var box = await BillingBox.OpenAsync();
        await new Sub(box, User).PaidAsync("in_1", Start);
        await box.TellAsync("customer.deleted", Paper.Customer("cus_anna"));
        Assert.Equal(1, box.Table.Number("SELECT status FROM accounts"));
        Assert.Equal(600_000, box.Balance());
    }

    [Fact]
    public async Task A_type_nobody_asked_for_is_kept_and_left_alone()
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.StartsWith("3", await box.TellAsync("payment_intent.created", new Stripe.PaymentIntent { Id = "pi_1", Object = "payment_intent" }));
        Assert.StartsWith("3", await box.TellAsync("a_type.of_next_year", new { id = "x_1", @object = "something_new" }));
        Assert.Equal(0, box.Balance());
    }

    [Theory]
    [InlineData("invoice.created")]
    [InlineData("invoice.finalized")]
    [InlineData("invoice.upcoming")]
    public async Task An_invoice_on_its_way_is_thanked_for_and_grants_nothing(string type)
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.StartsWith("3", await box.TellAsync(type, new Sub(box, User).Invoice("in_1", Start)));
        Assert.Equal(0, box.Balance());
    }

    [Theory]
    [InlineData("2020-08-27")]
    [InlineData("2025-03-31.basil")]
    public async Task Another_api_version_is_parked_and_shown(string version)
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.StartsWith("2 it was made for API version", await box.TellAsync("invoice.paid", new Sub(box, User).Invoice("in_1", Start), version: version));
    }

    [Fact]
    public async Task Stripe_out_of_order_is_asked_again_until_it_answers()
    {
        await using var box = await BillingBox.OpenAsync();
        var left = 3;
        box.Stripe.Fails = () => left-- > 0;
        Assert.StartsWith("0 waits after Stripe's", await box.TellAsync("invoice.paid", new Sub(box, User).Invoice("in_1", Start), "evt_1"));
        for (var tries = 0; tries < 5; tries++)
        {
            box.Clock.Advance(TimeSpan.FromMinutes(1));
            await box.Worker.RunOnceAsync(Cancel);
        }
        Assert.Equal(("1", 600_000), (box.State("evt_1").Split(' ')[0], box.Balance()));
    }
}
