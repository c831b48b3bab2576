using AiGateway.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Ledger;

public sealed class HoldRetentionTests
{
    [Fact]
    public async Task Holds_that_were_closed_more_than_seven_days_ago_go_and_nothing_else_does()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(10_000, "g");
        await box.GrantAsync(10_000, "g2", user: "bob");
        // More than one step of one account, and some of another's.
        await Task.WhenAll(Enumerable.Range(0, HoldRetention.LookedAtAtOnce + 100).Select(i => box.UseAsync(1, $"old{i:D4}")));
        await box.HoldAsync(1, "bobs", user: "bob");
        await box.ReleaseAsync("bobs", user: "bob");
        await box.HoldAsync(1, "open");
        box.Clock.Advance(HoldRetention.KeptFor - TimeSpan.FromSeconds(1));
        await box.UseAsync(1, "young");
        Assert.Equal(0, await Retention(box).PurgeAsync(LedgerBox.Cancel));

        box.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HoldRetention.LookedAtAtOnce + 101, await Retention(box).PurgeAsync(LedgerBox.Cancel));
        Assert.Equal("open\nyoung", box.Table.Rows("SELECT request_id FROM token_holds ORDER BY request_id"));
        Assert.Equal(HoldRetention.LookedAtAtOnce + 101, box.Table.Number("SELECT count(*) FROM token_transactions WHERE entry = 'usage'"));
        await box.AssertBalancedAsync(atRest: false);
        Assert.Equal(0, await Retention(box).PurgeAsync(LedgerBox.Cancel));
    }

    [Fact]
    public async Task A_charge_that_comes_after_its_hold_has_gone_is_said_to_be_unknown()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        await box.UseAsync(1, "r1");
        box.Clock.Advance(HoldRetention.KeptFor);
        await Retention(box).PurgeAsync(LedgerBox.Cancel);
        Assert.Equal(SettleOutcome.Unknown, (await box.SettleAsync("r1", 1)).Outcome);
        await box.AssertBalancedAsync();
    }

    private static HoldRetention Retention(LedgerBox box) =>
        new(box.Database.Connections, box.Leases, box.Clock, NullLogger<HoldRetention>.Instance);
}
