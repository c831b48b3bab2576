using AiGateway.Ledger;

namespace AiGateway.Tests.Ledger;

public sealed class ChargeTests
{
    private static readonly TimeSpan PastExpiry = LedgerOptions.DefaultHoldExpiry + TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_settle_below_the_hold_frees_the_rest()
    {
        await using var box = await HeldAsync(100, 60);
        Assert.Equal(new SettleAnswer(SettleOutcome.Settled, 25, new Standing(75, 0, 100)), await box.SettleAsync("r1", 25));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_settle_above_the_hold_is_charged_in_full_and_may_end_below_zero()
    {
        await using var box = await HeldAsync(100, 60);
        Assert.Equal(new SettleAnswer(SettleOutcome.Settled, 130, new Standing(-30, 0, 100)), await box.SettleAsync("r1", 130));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_settle_is_charged_once()
    {
        await using var box = await HeldAsync(100, 60);
        await box.SettleAsync("r1", 25);
        Assert.Equal(new SettleAnswer(SettleOutcome.AlreadySettled, 25, new Standing(75, 0, 100)), await box.SettleAsync("r1", 99));
        Assert.Equal(1, box.Table.Number("SELECT count(*) FROM token_transactions WHERE entry = 'usage'"));
    }

    [Fact]
    public async Task Fifty_settles_of_one_hold_at_once_charge_once()
    {
        await using var box = await HeldAsync(100, 60);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => box.SettleAsync("r1", 25)));
        Assert.Equal(1, answers.Count(a => a.Outcome == SettleOutcome.Settled));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_settle_of_nothing_still_has_its_row()
    {
        await using var box = await HeldAsync(100, 60);
        await box.SettleAsync("r1", 0);
        Assert.Equal("0|100", box.Table.Rows("SELECT tokens_used, tokens_remaining FROM token_transactions WHERE entry = 'usage'"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task Nobody_settles_or_releases_what_was_never_held()
    {
        await using var box = await LedgerBox.OpenAsync();
        Assert.Equal(SettleOutcome.Unknown, (await box.SettleAsync("r1", 5)).Outcome);
        Assert.Equal(ReleaseOutcome.Unknown, (await box.ReleaseAsync("r1")).Outcome);
        Assert.Equal(DispatchOutcome.NotHeld, await box.DispatchAsync("r1"));
        Assert.Equal(0, box.Table.Number("SELECT count(*) FROM accounts"));
    }

    [Fact]
    public async Task A_release_leaves_no_row_and_happens_once()
    {
        await using var box = await HeldAsync(100, 60);
        Assert.Equal(new ReleaseAnswer(ReleaseOutcome.Released, new Standing(100, 0, 100)), await box.ReleaseAsync("r1"));
        Assert.Equal(ReleaseOutcome.AlreadyClosed, (await box.ReleaseAsync("r1")).Outcome);
        Assert.Equal(1, box.Table.Number("SELECT count(*) FROM token_transactions"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_settle_after_a_release_is_charged_all_the_same_and_once()
    {
        await using var box = await HeldAsync(100, 60);
        await box.ReleaseAsync("r1");
        Assert.Equal(new SettleAnswer(SettleOutcome.SettledLate, 25, new Standing(75, 0, 100)), await box.SettleAsync("r1", 25));
        Assert.Equal(SettleOutcome.AlreadySettled, (await box.SettleAsync("r1", 25)).Outcome);
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_hold_that_has_run_out_is_not_dispatched()
    {
        await using var box = await HeldAsync(100, 60);
        box.Clock.Advance(PastExpiry);
        Assert.Equal(DispatchOutcome.NotHeld, await box.DispatchAsync("r1"));
    }

    [Fact]
    public async Task A_dispatch_may_be_repeated()
    {
        await using var box = await HeldAsync(100, 60);
        Assert.Equal(DispatchOutcome.Dispatched, await box.DispatchAsync("r1"));
        Assert.Equal(DispatchOutcome.Dispatched, await box.DispatchAsync("r1"));
    }

    [Fact]
    public async Task An_unsent_hold_that_runs_out_is_released_and_a_late_settle_is_charged_once()
    {
        await using var box = await HeldAsync(100, 60);
        box.Clock.Advance(PastExpiry);
        Assert.Equal(1, await box.Sweeper.SweepAsync(LedgerBox.Cancel));
        Assert.Equal("4|100|0", box.Table.Rows("SELECT state, balance, held FROM token_holds, accounts"));
        Assert.Equal(new SettleAnswer(SettleOutcome.SettledLate, 25, new Standing(75, 0, 100)), await box.SettleAsync("r1", 25));
        Assert.Equal(SettleOutcome.AlreadySettled, (await box.SettleAsync("r1", 25)).Outcome);
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_dispatched_hold_that_runs_out_without_a_checkpoint_is_charged_its_input_and_the_default_output()
    {
        await using var box = await DispatchedAsync(new PresumedUse(10, 20, 3_000_000, 7_000_001, "p1"));
        box.Clock.Advance(PastExpiry);
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        // 10 × 3 + 20 × 7.000001 nano-USD, rounded up once.
        Assert.Equal("30|70|presumed|10|20|171", box.Table.Rows(
            "SELECT tokens_used, tokens_remaining, usage_source, prompt_tokens, completion_tokens, cost_nano_usd FROM token_transactions WHERE entry = 'usage'"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task Presumption_without_a_checkpoint_never_exceeds_the_hold()
    {
        await using var box = await DispatchedAsync(new PresumedUse(10, 5000, 0, 0, null));
        box.Clock.Advance(PastExpiry);
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal("60|10|50", box.Table.Rows("SELECT tokens_used, prompt_tokens, completion_tokens FROM token_transactions WHERE entry = 'usage'"));
    }

    [Fact]
    public async Task A_checkpoint_decides_what_is_presumed()
    {
        await using var box = await DispatchedAsync(new PresumedUse(10, 20, 0, 0, null));
        box.Books.Seen(new HoldId(LedgerBox.User, "r1"), 3);
        box.Books.Seen(new HoldId(LedgerBox.User, "r1"), 7);
        await box.Keeper.StoreAsync();
        box.Clock.Advance(PastExpiry);
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal(17, box.Table.Number("SELECT tokens_used FROM token_transactions WHERE entry = 'usage'"));
    }

    [Fact]
    public async Task Usage_that_arrives_after_a_presumption_books_the_difference_and_frees_nothing_twice()
    {
        await using var box = await DispatchedAsync(new PresumedUse(10, 20, 0, 0, null));
        box.Clock.Advance(PastExpiry);
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal(new SettleAnswer(SettleOutcome.Corrected, 45, new Standing(55, 0, 100)), await box.SettleAsync("r1", 45));
        Assert.Equal(SettleOutcome.AlreadySettled, (await box.SettleAsync("r1", 45)).Outcome);
        Assert.Equal("correction|15", box.Table.Rows("SELECT action_type, tokens_used FROM token_transactions WHERE entry = 'correction'"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_presumption_that_took_too_much_gives_the_rest_back()
    {
        await using var box = await DispatchedAsync(new PresumedUse(10, 20, 1_000_000, 1_000_000, null));
        box.Clock.Advance(PastExpiry);
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal(new SettleAnswer(SettleOutcome.Corrected, 12, new Standing(88, 0, 100)), await box.SettleAsync("r1", 12, cost: 12));
        Assert.Equal("-18|-18", box.Table.Rows("SELECT tokens_used, cost_nano_usd FROM token_transactions WHERE entry = 'correction'"));
        await box.UseAsync(88, "r2");
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_presumption_that_was_right_needs_no_row()
    {
        await using var box = await DispatchedAsync(new PresumedUse(10, 20, 0, 0, null));
        box.Clock.Advance(PastExpiry);
        await box.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal(SettleOutcome.Corrected, (await box.SettleAsync("r1", 30)).Outcome);
        Assert.Equal(0, box.Table.Number("SELECT count(*) FROM token_transactions WHERE entry = 'correction'"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_live_call_renews_its_hold_at_a_third_of_its_time()
    {
        await using var box = await DispatchedAsync(new PresumedUse(10, 20, 0, 0, null));
        for (var minutes = 0; minutes < 60; minutes += 5)
        {
            box.Clock.Advance(TimeSpan.FromMinutes(5));
            await box.Keeper.StoreAsync();
            Assert.Equal(0, await box.Sweeper.SweepAsync(LedgerBox.Cancel));
        }
        Assert.Equal(SettleOutcome.Settled, (await box.SettleAsync("r1", 5)).Outcome);
        Assert.Equal(0, box.Keeper.Count);
    }

    [Fact]
    public async Task A_hold_that_nobody_closes_is_not_kept_for_ever()
    {
        await using var box = await DispatchedAsync(new PresumedUse(10, 20, 0, 0, null));
        box.Clock.Advance(TimeSpan.FromHours(5));
        await box.Keeper.StoreAsync();
        Assert.Equal(0, box.Keeper.Count);
    }

    [Fact]
    public async Task A_charge_keeps_what_is_known_about_the_call()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        await box.Books.HoldAsync(new HoldRequest(new HoldId(LedgerBox.User, "r1"), 50, new PresumedUse(1, 1, 0, 0, null), "blueprint", "asked", """{"a":1}""", null), LedgerBox.Cancel);
        await box.Books.SettleAsync(new HoldId(LedgerBox.User, "r1"), new Charge(30, 1_234_500, UsageSource.Estimated, "answered", 10, 20, 4, 5, "v7"), LedgerBox.Cancel);
        Assert.Equal("""usage|blueprint|30|70|1234500|0.001235|answered|10|20|4|5|estimated|r1|v7|{"a":1}|2026-03-10T12:00:00.000Z|anna""", box.Table.Rows(
            """
            SELECT entry, action_type, tokens_used, tokens_remaining, cost_nano_usd, printf('%.6f', estimated_cost_usd), openai_model, prompt_tokens, completion_tokens,
            cached_tokens, reasoning_tokens, usage_source, request_id, price_version, metadata, created_at, user_id FROM token_transactions WHERE entry = 'usage'
            """));
        Assert.Equal("blueprint|answered|1|30|1234500|10|20|4|5", box.Table.Rows(
            "SELECT action_type, model, calls, tokens, cost_nano_usd, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens FROM usage_daily"));
    }

    [Fact]
    public async Task Work_from_outside_is_charged_once_whatever_it_is_priced_at_the_second_time()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(10, "g");
        var use = new ExternalUsage(LedgerBox.User, "chat", "ext1", LedgerBox.Charge(25, 100), null);
        Assert.Equal(new SettleAnswer(SettleOutcome.Settled, 25, new Standing(-15, 0, 10)), await box.Books.ChargeExternalAsync(use, LedgerBox.Cancel));
        var dearer = use with { Charge = use.Charge with { Tokens = 50, CostNanoUsd = 200 } };
        Assert.Equal(new SettleAnswer(SettleOutcome.AlreadySettled, 25, new Standing(-15, 0, 10)), await box.Books.ChargeExternalAsync(dearer, LedgerBox.Cancel));
        var other = use with { Charge = use.Charge with { PromptTokens = 26 } };
        Assert.Equal(SettleOutcome.Conflict, (await box.Books.ChargeExternalAsync(other, LedgerBox.Cancel)).Outcome);
        await box.AssertBalancedAsync();
    }

    private static async Task<LedgerBox> HeldAsync(long granted, long held)
    {
        var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(granted, "g");
        await box.HoldAsync(held, "r1");
        return box;
    }

    private static async Task<LedgerBox> DispatchedAsync(PresumedUse presumed)
    {
        var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        await box.HoldAsync(60, "r1", presumed: presumed);
        await box.DispatchAsync("r1");
        return box;
    }
}
