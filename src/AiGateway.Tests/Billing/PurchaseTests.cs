using AiGateway.Billing;
using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Billing;

/// <summary>The way to a page where one pays.</summary>
public sealed class PurchaseTests
{
    private static Task<PurchaseAnswer> OpenAsync(BillingBox box, string? plan, string? pack) => box.Get<Purchases>().OpenAsync(User, plan, pack, "https://gw", Cancel);

    [Fact]
    public async Task The_customer_is_made_and_kept_before_any_session()
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.Equal(PurchaseOutcome.Opened, (await OpenAsync(box, null, "small")).Outcome);
        Assert.Equal(["customer anna", "open small cus_of_anna"], box.Checkout.Asked);
        Assert.Equal("anna|pack|small|100000|1500|open", box.Table.Rows("SELECT user_id, kind, offer_id, tokens, usd_cents, state FROM purchases"));
        Assert.Equal(0, box.Balance());
    }

    [Fact]
    public async Task An_open_page_is_closed_before_a_new_one()
    {
        await using var box = await BillingBox.OpenAsync();
        var first = await OpenAsync(box, null, "small");
        await OpenAsync(box, "annual", null);
        Assert.Equal(["customer anna", "open small cus_of_anna", $"expire cs_{first.Id}", "open annual cus_of_anna"], box.Checkout.Asked);
        Assert.Equal("expired", box.Table.Text($"SELECT state FROM purchases WHERE id = '{first.Id}'"));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("annual", "small")]
    [InlineData("nothing", null)]
    [InlineData(null, "annual")]
    public async Task What_is_not_sold_is_not_opened(string? plan, string? pack)
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.Equal(PurchaseOutcome.UnknownOffer, (await OpenAsync(box, plan, pack)).Outcome);
    }

    [Fact]
    public async Task A_month_is_upgraded_to_a_year_and_nothing_is_sold_twice()
    {
        await using var box = await BillingBox.OpenAsync();
        await box.TellAsync("customer.subscription.created", new Sub(box, User).Now("active", Start));
        Assert.Equal(PurchaseOutcome.AlreadySubscribed, (await OpenAsync(box, "monthly", null)).Outcome);
        Assert.Equal(PurchaseOutcome.Upgraded, (await OpenAsync(box, "annual", null)).Outcome);
        Assert.Equal(["upgrade sub_1 annual"], box.Checkout.Asked);
    }

    [Fact]
    public async Task Receipts_are_the_portals()
    {
        await using var box = await BillingBox.OpenAsync();
        Assert.Null(await box.Get<Purchases>().PortalAsync(User, "https://gw", Cancel));
        await OpenAsync(box, null, "small");
        Assert.Equal("https://portal.test/cus_of_anna", await box.Get<Purchases>().PortalAsync(User, "https://gw", Cancel));
    }
}
