using AiGateway.Ledger;

namespace AiGateway.Tests.Ledger;

/// <summary>A lot after its money went back.</summary>
public sealed class TakeBackTests
{
    private static Task<TakeBackAnswer> SetAsync(LedgerBox box, long total, TakeBackMode mode = TakeBackMode.Exactly, string key = "re:1") =>
        box.Books.TakeBackAsync(new TakeBackRequest("pack", total, mode, "refund", key), LedgerBox.Cancel);

    [Fact]
    public async Task The_same_total_twice_takes_once()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "pack");
        Assert.Equal((60, 0), ((await SetAsync(box, 60)).Taken, (await SetAsync(box, 60)).Taken));
        Assert.Equal((-20, 60), ((await SetAsync(box, 40)).Taken, box.Table.Number("SELECT remaining FROM token_lots")));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task More_than_was_granted_is_never_taken_and_spent_tokens_become_a_debt()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "pack");
        await box.UseAsync(70, "r1");
        Assert.Equal(new TakeBackAnswer(true, 100, new Standing(-70, 0, 100)), await SetAsync(box, 500));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task Unused_only_leaves_no_debt()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "pack");
        await box.UseAsync(70, "r1");
        Assert.Equal(30, (await SetAsync(box, 100, TakeBackMode.UnusedOnly)).Taken);
        Assert.Equal(0, box.Table.Number("SELECT balance FROM accounts"));
        Assert.Equal(0, (await SetAsync(box, 10, TakeBackMode.AtLeast)).Taken);
        Assert.Equal(-30, (await SetAsync(box, 0)).Taken);
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task What_comes_back_to_a_lot_that_is_over_ends_again()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "pack", LotKind.Promo, expires: LedgerBox.Start.AddDays(1));
        await SetAsync(box, 100);
        box.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(-100, (await SetAsync(box, 0)).Taken);
        Assert.Equal("0|100|0", box.Table.Rows("SELECT remaining, expired, clawed_back FROM token_lots"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_debt_is_repaid_by_what_comes_back()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "pack");
        await box.UseAsync(70, "r1");
        await SetAsync(box, 100);
        await SetAsync(box, 0);
        Assert.Equal("30", box.Table.Rows("SELECT remaining FROM token_lots"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_lot_ends_once_and_keeps_what_covers_the_calls_in_flight()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "pack");
        await box.HoldAsync(40, "r1");
        Assert.True(await box.Books.EndLotAsync("pack", LedgerBox.Cancel));
        Assert.False(await box.Books.EndLotAsync("pack", LedgerBox.Cancel));
        Assert.Equal("40|60", box.Table.Rows("SELECT remaining, expired FROM token_lots"));
        await box.SettleAsync("r1", 40);
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_lot_that_is_not_there_is_said_to_be_unknown()
    {
        await using var box = await LedgerBox.OpenAsync();
        Assert.False((await SetAsync(box, 1)).IsKnown);
        Assert.False(await box.Books.EndLotAsync("pack", LedgerBox.Cancel));
    }
}
