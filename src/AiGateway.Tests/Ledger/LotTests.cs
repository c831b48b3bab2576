using AiGateway.Ledger;

namespace AiGateway.Tests.Ledger;

public sealed class LotTests
{
    private static readonly DateTimeOffset Soon = LedgerBox.Start + TimeSpan.FromDays(1), Later = LedgerBox.Start + TimeSpan.FromDays(10);
    private const string Left = "SELECT source_key, remaining, expired FROM token_lots ORDER BY source_key";

    [Fact]
    public async Task A_grant_happens_once_and_other_content_under_its_key_is_a_conflict()
    {
        await using var box = await LedgerBox.OpenAsync();
        var first = await box.GrantAsync(100, "g");
        Assert.Equal(new GrantAnswer(GrantOutcome.Granted, first.LotId, new Standing(100, 0, 100)), first);
        Assert.Equal(first with { Outcome = GrantOutcome.AlreadyGranted }, await box.GrantAsync(100, "g"));
        Assert.Equal(GrantOutcome.Conflict, (await box.GrantAsync(101, "g")).Outcome);
        Assert.Equal(GrantOutcome.Conflict, (await box.GrantAsync(100, "g", user: "berta")).Outcome);
        Assert.Equal("grant|-100|100|g", box.Table.Rows("SELECT entry, tokens_used, tokens_remaining, source_key FROM token_transactions"));
        Assert.Equal(1, box.Table.Number("SELECT count(*) FROM accounts"));
    }

    [Fact]
    public async Task Source_keys_differ_by_case()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "in_1AbC");
        Assert.Equal(GrantOutcome.Granted, (await box.GrantAsync(100, "in_1aBc")).Outcome);
    }

    [Fact]
    public async Task Settles_never_touch_lots_and_the_next_grant_attributes_them_in_burn_order()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "pack");
        await box.GrantAsync(100, "sub", LotKind.Subscription, expires: Later);
        await box.GrantAsync(10, "promo-late", LotKind.Promo, expires: Later);
        await box.GrantAsync(10, "promo-soon", LotKind.Promo, expires: Soon);
        await box.GrantAsync(10, "trial", LotKind.Trial);
        await box.UseAsync(25, "r1");
        Assert.Equal(25, box.Table.Number("SELECT unattributed FROM accounts"));
        await box.GrantAsync(1, "z");
        Assert.Equal("pack|100|0\npromo-late|5|0\npromo-soon|0|0\nsub|100|0\ntrial|0|0\nz|1|0", box.Table.Rows(Left));
        Assert.Equal(0, box.Table.Number("SELECT unattributed FROM accounts"));
    }

    [Fact]
    public async Task A_grant_repays_a_balance_below_zero()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(10, "g1");
        await box.HoldAsync(10, "r1");
        await box.SettleAsync("r1", 50);
        Assert.Equal(new Standing(60, 0, 110), (await box.GrantAsync(100, "g2")).Standing);
        Assert.Equal("g1|0|0\ng2|60|0", box.Table.Rows(Left));
        await box.AssertBalancedAsync();
    }

    [Theory]
    [InlineData("subscription_grant")]
    [InlineData("renewal_grant")]
    public async Task A_subscription_grant_replaces_the_older_one_and_leaves_packs(string action)
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(50, "pack");
        await box.GrantAsync(100, "sub1", LotKind.Subscription, expires: Later);
        await box.UseAsync(30, "r1");
        Assert.Equal(new Standing(250, 0, 250), (await box.GrantAsync(200, "sub2", LotKind.Subscription, action)).Standing);
        Assert.Equal("pack|50|0\nsub1|0|70\nsub2|200|0", box.Table.Rows(Left));
        Assert.Equal("removal|expiry|70|sub1", box.Table.Rows("SELECT entry, action_type, tokens_used, source_key FROM token_transactions WHERE entry = 'removal'"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_renewal_for_an_earlier_period_that_arrives_late_is_over_at_once_and_ends_nothing()
    {
        await using var box = await LedgerBox.OpenAsync();
        await GrantPeriodAsync(box, "now", 100, LedgerBox.Start - TimeSpan.FromDays(1), 28);
        await GrantPeriodAsync(box, "before", 100, LedgerBox.Start - TimeSpan.FromDays(29), 28);
        Assert.Equal("before|0|100\nnow|100|0", box.Table.Rows(Left));
        Assert.Equal((LedgerBox.Start - TimeSpan.FromDays(1)).ToUnixTimeMilliseconds(), box.Table.Number("SELECT period_start FROM accounts"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task An_expired_lot_leaves_as_an_expiry_row()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "promo", LotKind.Promo, expires: Soon);
        await box.UseAsync(30, "r1");
        box.Clock.Advance(TimeSpan.FromDays(1));
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal("removal|expiry|70|0", box.Table.Rows("SELECT entry, action_type, tokens_used, tokens_remaining FROM token_transactions ORDER BY seq DESC LIMIT 1"));
        Assert.Equal("promo|0|70", box.Table.Rows(Left));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_hold_meets_no_lot_that_is_due()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "promo", LotKind.Promo, expires: Soon);
        box.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HoldOutcome.Insufficient, (await box.HoldAsync(1, "r1")).Outcome);
    }

    [Fact]
    public async Task What_an_expired_lot_kept_for_a_hold_is_due_at_once_even_by_a_clock_that_lags()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "lot", expires: LedgerBox.Start.AddHours(1));
        await box.HoldAsync(40, "r1");
        box.Clock.Advance(TimeSpan.FromHours(2));
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        await box.ReleaseAsync("r1");
        // Another node, a minute behind: neither its audit nor its sweeper waits for the first one's time.
        var lagging = new TestClock(LedgerBox.Start.AddMinutes(119));
        await using var beside = box.OpenBeside(lagging);
        Assert.Empty(await beside.Audit.RunAsync(atRest: true, LedgerBox.Cancel));
        await beside.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal(0, box.Table.Number("SELECT balance FROM accounts"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task Expiry_covers_open_holds_once_over_all_lots_and_ends_when_they_close()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "promo1", LotKind.Promo, expires: Soon);
        await box.GrantAsync(100, "promo2", LotKind.Promo, expires: Soon);
        await box.HoldAsync(130, "r1");
        await box.DispatchAsync("r1");
        for (var kept = 0; kept < 3; kept++)
        {
            box.Clock.Advance(TimeSpan.FromHours(8));
            await box.Keeper.StoreAsync();
            await box.Writer.SendAsync(new RenewCommand(new HoldId(LedgerBox.User, "r1")));
        }
        Assert.True(await box.Sweeper.SweepAsync(LedgerBox.Cancel) > 0);
        Assert.Equal("promo1|100|0\npromo2|30|70", box.Table.Rows(Left));
        await box.AssertBalancedAsync(atRest: false);
        await box.SettleAsync("r1", 40);
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal("promo1|0|60\npromo2|0|100", box.Table.Rows(Left));
        Assert.Equal(0, box.Table.Number("SELECT balance FROM accounts"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_replaced_subscription_covers_the_calls_in_flight()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "sub1", LotKind.Subscription, expires: Later);
        await box.HoldAsync(80, "r1");
        Assert.Equal(new Standing(280, 80, 200), (await box.GrantAsync(200, "sub2", LotKind.Subscription, expires: Later)).Standing);
        Assert.Equal(new Standing(230, 0, 200), (await box.SettleAsync("r1", 50)).Standing);
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(200, "r2")).Outcome);
        Assert.Equal("sub1|0|50\nsub2|200|0", box.Table.Rows(Left));
        await box.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task A_clawback_takes_what_is_left_of_its_lot_and_the_rest_off_the_balance()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "pack");
        await box.UseAsync(70, "r1");
        Assert.Equal(new RemovalAnswer(RemovalOutcome.Removed, 100, new Standing(-70, 0, 100)), await ClawBackAsync(box, "pack", 100, "c1"));
        Assert.Equal(RemovalOutcome.AlreadyRemoved, (await ClawBackAsync(box, "pack", 100, "c1")).Outcome);
        Assert.Equal(RemovalOutcome.Conflict, (await ClawBackAsync(box, "pack", 99, "c1")).Outcome);
        Assert.Equal(-70, box.Table.Number("SELECT balance FROM accounts"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task Clawbacks_of_one_lot_never_take_more_than_it_gave()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "promo", LotKind.Promo, expires: Soon);
        await box.GrantAsync(500, "pack");
        await box.UseAsync(40, "r1");
        box.Clock.Advance(TimeSpan.FromDays(2));
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal(30, (await ClawBackAsync(box, "promo", 30, "c1")).Removed);
        Assert.Equal(10, (await ClawBackAsync(box, "promo", 30, "c2")).Removed);
        Assert.Equal(new RemovalAnswer(RemovalOutcome.Removed, 0, new Standing(460, 0, 500)), await ClawBackAsync(box, "promo", 30, "c3"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_clawback_finds_a_lot_that_was_used_up_long_ago()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "old");
        await box.UseAsync(100, "r1");
        box.Clock.Advance(TimeSpan.FromDays(40));
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        await box.GrantAsync(50, "new");
        Assert.Equal(new RemovalAnswer(RemovalOutcome.Removed, 100, new Standing(-50, 0, 50)), await ClawBackAsync(box, "old", 100, "c1"));
        Assert.Equal(RemovalOutcome.Unknown, (await ClawBackAsync(box, "none", 100, "c2")).Outcome);
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_grant_and_its_clawback_may_share_a_batch()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answers = (box.GrantAsync(100, "g"), ClawBackAsync(box, "g", 60, "c1"), ClawBackAsync(box, "g", 60, "c2"));
        await Task.WhenAll(answers.Item1, answers.Item2, answers.Item3);
        Assert.Equal((60, 40), ((await answers.Item2).Removed, (await answers.Item3).Removed));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_removal_takes_free_tokens_only()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        await box.HoldAsync(60, "r1");
        Assert.Equal(RemovalOutcome.Insufficient, (await RemoveAsync(box, 41, "x1")).Outcome);
        Assert.Equal(new RemovalAnswer(RemovalOutcome.Removed, 40, new Standing(60, 60, 100)), await RemoveAsync(box, 40, "x2"));
        Assert.Equal(RemovalOutcome.AlreadyRemoved, (await RemoveAsync(box, 40, "x2")).Outcome);
        Assert.Equal(RemovalOutcome.Conflict, (await RemoveAsync(box, 1, "g")).Outcome);
        await box.ReleaseAsync("r1");
        Assert.Equal(RemovalOutcome.Removed, (await RemoveAsync(box, 41, "x1")).Outcome);
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task At_a_new_month_used_up_lots_leave_the_allocation_and_the_count_starts_again()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g1");
        await box.GrantAsync(50, "g2");
        await box.UseAsync(100, "r1");
        Assert.Equal("150|100", box.Table.Rows("SELECT allocation, period_used FROM accounts"));
        box.Clock.Advance(TimeSpan.FromDays(25));
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal("50|0|2026-04-01|2026-05-01", box.Table.Rows(
            "SELECT allocation, period_used, date(period_start / 1000, 'unixepoch'), date(period_end / 1000, 'unixepoch') FROM accounts"));
    }

    [Fact]
    public async Task A_renewal_an_hour_late_adopts_what_was_used_in_that_hour()
    {
        await using var box = await LedgerBox.OpenAsync();
        await GrantPeriodAsync(box, "p1", 100, LedgerBox.Start, 5);
        await box.UseAsync(60, "r1");
        box.Clock.Advance(TimeSpan.FromDays(5) + TimeSpan.FromMinutes(30));
        await box.UseAsync(7, "r2");
        Assert.Equal("0|7", box.Table.Rows("SELECT period_kind, period_used FROM accounts"));
        await GrantPeriodAsync(box, "p2", 100, LedgerBox.Start + TimeSpan.FromDays(5), 5);
        Assert.Equal("1|7|100", box.Table.Rows("SELECT period_kind, period_used, allocation FROM accounts"));
        await box.AssertBalancedAsync();
    }

    private static Task<GrantAnswer> GrantPeriodAsync(LedgerBox box, string key, long tokens, DateTimeOffset start, int days) =>
        box.Books.GrantAsync(new GrantRequest(LedgerBox.User, tokens, LotKind.Subscription, "renewal_grant", key,
            start.AddDays(days + 3).ToUnixTimeMilliseconds(), start.ToUnixTimeMilliseconds(), start.AddDays(days).ToUnixTimeMilliseconds()), LedgerBox.Cancel);

    private static Task<RemovalAnswer> ClawBackAsync(LedgerBox box, string lot, long tokens, string key) =>
        box.Books.ClawBackAsync(new ClawbackRequest(lot, tokens, "refund", key), LedgerBox.Cancel);

    private static Task<RemovalAnswer> RemoveAsync(LedgerBox box, long tokens, string key) =>
        box.Books.RemoveAsync(new RemovalRequest(LedgerBox.User, tokens, "adjustment", key), LedgerBox.Cancel);
}
