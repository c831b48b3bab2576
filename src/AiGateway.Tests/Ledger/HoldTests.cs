using AiGateway.Ledger;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Ledger;

public sealed class HoldTests
{
    private static readonly CallLimit Hourly = new(2, 3_600_000);

    [Fact]
    public async Task A_hold_takes_from_the_free_tokens_and_leaves_the_balance()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        var answer = await box.HoldAsync(60, "r1");
        Assert.Equal((HoldOutcome.Held, new Standing(100, 60, 100)), (answer.Outcome, answer.Standing));
        await box.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task A_hold_above_the_balance_is_insufficient_and_one_above_the_free_rest_waits_for_others()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        await box.HoldAsync(60, "r1");
        Assert.Equal(HoldOutcome.Insufficient, (await box.HoldAsync(101, "r2")).Outcome);
        Assert.Equal(HoldOutcome.HeldByOthers, (await box.HoldAsync(41, "r3")).Outcome);
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(40, "r4")).Outcome);
    }

    [Fact]
    public async Task An_unknown_user_is_opened_at_first_sight_and_has_nothing()
    {
        await using var box = await LedgerBox.OpenAsync();
        Assert.Equal(HoldOutcome.Insufficient, (await box.HoldAsync(1, "r1")).Outcome);
        Assert.Equal(1, box.Table.Number("SELECT count(*) FROM accounts WHERE user_id = 'anna'"));
    }

    [Fact]
    public async Task Nobody_is_trusted_without_a_hold_while_the_balance_is_below_zero()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(10, "g");
        await box.HoldAsync(10, "r1");
        await box.SettleAsync("r1", 15);
        Assert.Equal(HoldOutcome.Insufficient, (await box.HoldAsync(0, "r2")).Outcome);
    }

    [Fact]
    public async Task A_request_id_holds_once_even_within_one_batch()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(1000, "g");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => box.HoldAsync(10, "same")));
        Assert.Equal(1, answers.Count(a => a.Outcome == HoldOutcome.Held));
        Assert.Equal(49, answers.Count(a => a.Outcome == HoldOutcome.AlreadyHeld));
        Assert.Equal(10, box.Table.Number("SELECT held FROM accounts"));
    }

    [Fact]
    public async Task A_settled_request_id_does_not_hold_again()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(1000, "g");
        await box.UseAsync(10, "r1");
        Assert.Equal(HoldOutcome.AlreadyHeld, (await box.HoldAsync(10, "r1")).Outcome);
    }

    [Fact]
    public async Task A_declined_request_id_may_ask_again_after_a_top_up()
    {
        await using var box = await LedgerBox.OpenAsync();
        Assert.Equal(HoldOutcome.Insufficient, (await box.HoldAsync(50, "r1")).Outcome);
        await box.GrantAsync(100, "g");
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(50, "r1")).Outcome);
    }

    [Fact]
    public async Task The_window_opens_at_its_first_counted_call_and_closes_an_hour_later()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(1000, "g");
        var opened = LedgerBox.Start.ToUnixTimeMilliseconds();
        Assert.Equal((1, opened + Hourly.PeriodMs), Window(await box.HoldAsync(1, "r1", Hourly)));
        box.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal((2, opened + Hourly.PeriodMs), Window(await box.HoldAsync(1, "r2", Hourly)));
        var full = await box.HoldAsync(1, "r3", Hourly);
        Assert.Equal((HoldOutcome.RateLimited, 2, opened + Hourly.PeriodMs), (full.Outcome, full.WindowCalls, full.WindowResetsAtMs));
        box.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((1, opened + 2 * Hourly.PeriodMs), Window(await box.HoldAsync(1, "r4", Hourly)));
    }

    [Fact]
    public async Task A_refusal_uses_no_slot_and_a_hold_without_a_limit_counts_no_call()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(10, "g");
        var refused = await box.HoldAsync(11, "r1", Hourly);
        Assert.Equal((HoldOutcome.Insufficient, 0, 0L), (refused.Outcome, refused.WindowCalls, refused.WindowResetsAtMs));
        await box.HoldAsync(1, "r2");
        Assert.Equal(1, (await box.HoldAsync(1, "r3", Hourly)).WindowCalls);
    }

    [Fact]
    public async Task Who_is_over_the_limit_and_without_tokens_is_told_to_wait()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(2, "g");
        await box.HoldAsync(1, "r1", Hourly);
        await box.HoldAsync(1, "r2", Hourly);
        Assert.Equal(HoldOutcome.RateLimited, (await box.HoldAsync(1000, "r3", Hourly)).Outcome);
    }

    [Fact]
    public async Task A_clock_that_lags_opens_no_second_window()
    {
        await using var box = await LedgerBox.OpenAsync();
        await using var old = box.OpenBeside(new TestClock(LedgerBox.Start - TimeSpan.FromHours(3)));
        await box.GrantAsync(100, "g");
        await box.HoldAsync(1, "r1", Hourly);
        await old.HoldAsync(1, "r2", Hourly);
        Assert.Equal(HoldOutcome.RateLimited, (await old.HoldAsync(1, "r3", Hourly)).Outcome);
    }

    [Fact]
    public async Task A_suspended_account_gets_no_hold_until_it_is_resumed()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        Assert.True(await box.Books.SetStatusAsync(LedgerBox.User, AccountStatus.Suspended, LedgerBox.Cancel));
        Assert.Equal(HoldOutcome.Suspended, (await box.HoldAsync(1, "r1")).Outcome);
        Assert.True(await box.Books.SetStatusAsync(LedgerBox.User, AccountStatus.Active, LedgerBox.Cancel));
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(1, "r1")).Outcome);
    }

    [Fact]
    public async Task Nobody_can_suspend_an_account_that_is_not_there() => await WithBox(async box =>
        Assert.False(await box.Books.SetStatusAsync("nobody", AccountStatus.Suspended, LedgerBox.Cancel)));

    [Fact]
    public async Task User_ids_and_request_ids_differ_by_case()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g", user: "Anna");
        await box.GrantAsync(7, "G", user: "anna");
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(50, "R1", user: "Anna")).Outcome);
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(50, "r1", user: "Anna")).Outcome);
        Assert.Equal(7, box.Table.Number("SELECT balance FROM accounts WHERE user_id = 'anna'"));
    }

    [Fact]
    public async Task Opening_an_account_twice_changes_nothing()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(5, "g");
        Assert.Equal(new Standing(5, 0, 5), await box.Books.OpenAsync(LedgerBox.User, LedgerBox.Cancel));
        Assert.Equal(default, await box.Books.OpenAsync("new", LedgerBox.Cancel));
    }

    [Fact]
    public async Task A_hold_whose_caller_gave_up_is_given_back()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        // The writer may not be quicker than the caller's leaving: somebody else has the lock meanwhile.
        await using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={box.Path}"))
        {
            await other.OpenAsync(LedgerBox.Cancel);
            await using var locked = other.BeginTransaction();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => box.Books.HoldAsync(
                new HoldRequest(new HoldId(LedgerBox.User, "r1"), 60, new PresumedUse(0, 0, 0, 0, null), "chat", null, null, null), gone.Token));
        }
        await Eventually.TrueAsync(() => box.Table.Number("SELECT count(*) FROM token_holds WHERE state = 3") == 1, "the hold is closed");
        await box.AssertBalancedAsync();
    }

    private static (int, long) Window(HoldAnswer answer)
    {
        Assert.Equal(HoldOutcome.Held, answer.Outcome);
        return (answer.WindowCalls, answer.WindowResetsAtMs);
    }

    private static async Task WithBox(Func<LedgerBox, Task> test)
    {
        await using var box = await LedgerBox.OpenAsync();
        await test(box);
    }
}
