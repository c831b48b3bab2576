using AiGateway.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Ledger;

public sealed class AuditKeeperTests
{
    [Fact]
    public async Task An_account_whose_books_are_broken_is_frozen_and_its_rows_stay_as_they_are()
    {
        await using var box = await BrokenAsync();
        var violations = await Keeper(box).RunAsync(LedgerBox.Cancel);
        Assert.Equal(["I2", "I5"], violations.Select(violation => violation.Invariant).Distinct());
        Assert.Equal([LedgerBox.User], await Keeper(box).FrozenAsync(LedgerBox.Cancel));
        Assert.Equal("1001|2", box.Table.Rows($"SELECT balance, status FROM accounts WHERE user_id = '{LedgerBox.User}'"));
        // Nothing was repaired: the next audit finds the same.
        Assert.Equal(violations, await Keeper(box).RunAsync(LedgerBox.Cancel));
    }

    [Fact]
    public async Task A_frozen_account_gets_no_hold_is_charged_for_what_runs_and_goes_on_when_it_is_resumed()
    {
        await using var box = await BrokenAsync();
        await box.HoldAsync(10, "runs");
        await Keeper(box).RunAsync(LedgerBox.Cancel);
        Assert.Equal(HoldOutcome.Suspended, (await box.HoldAsync(1, "refused")).Outcome);
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(1, "others", user: "bob")).Outcome);
        Assert.Equal(SettleOutcome.Settled, (await box.SettleAsync("runs", 5)).Outcome);
        await box.Books.SetStatusAsync(LedgerBox.User, AccountStatus.Active, LedgerBox.Cancel);
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(1, "again")).Outcome);
    }

    [Fact]
    public async Task Who_is_suspended_stays_suspended()
    {
        await using var box = await BrokenAsync();
        await box.Books.SetStatusAsync(LedgerBox.User, AccountStatus.Suspended, LedgerBox.Cancel);
        await Keeper(box).RunAsync(LedgerBox.Cancel);
        Assert.Equal(1, box.Table.Number($"SELECT status FROM accounts WHERE user_id = '{LedgerBox.User}'"));
    }

    [Fact]
    public async Task Sound_books_freeze_nobody_while_calls_run()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(1_000_000, "g");
        var load = Task.WhenAll(Enumerable.Range(0, 300).Select(i => box.UseAsync(1, $"r{i}")));
        while (!load.IsCompleted)
            Assert.Empty(await Keeper(box).RunAsync(LedgerBox.Cancel));
        await load;
        Assert.Empty(await Keeper(box).FrozenAsync(LedgerBox.Cancel));
    }

    private static async Task<LedgerBox> BrokenAsync()
    {
        var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(1_000, "g");
        await box.GrantAsync(1_000, "g2", user: "bob");
        box.Table.Run($"UPDATE accounts SET balance = balance + 1 WHERE user_id = '{LedgerBox.User}'");
        return box;
    }

    private static AuditKeeper Keeper(LedgerBox box) =>
        new(box.Audit, box.Writer, box.Database.Connections, box.Clock, NullLogger<AuditKeeper>.Instance);
}
