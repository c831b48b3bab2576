using AiGateway.Ledger;

namespace AiGateway.Tests.Ledger;

public sealed class AuditTests
{
    [Fact]
    public async Task Books_with_every_kind_of_row_balance()
    {
        await using var box = await BusyAsync();
        await box.AssertBalancedAsync(atRest: false);
    }

    [Theory]
    [InlineData("I1", "UPDATE accounts SET held = -1")]
    [InlineData("I2", "UPDATE accounts SET balance = balance + 1")]
    [InlineData("I2", "UPDATE token_transactions SET tokens_used = tokens_used + 1 WHERE seq = 3")]
    [InlineData("I3", "UPDATE token_transactions SET tokens_remaining = tokens_remaining + 1 WHERE seq = 2")]
    [InlineData("I3", "DELETE FROM token_transactions WHERE seq = 2")]
    [InlineData("I3", "UPDATE accounts SET seq = seq + 1")]
    [InlineData("I3", "UPDATE token_transactions SET account_id = 77 WHERE seq = 1")]
    [InlineData("I4", "UPDATE accounts SET held = held + 1")]
    [InlineData("I4", "UPDATE token_holds SET state = 3 WHERE request_id = 'open'")]
    [InlineData("I5", "UPDATE token_lots SET remaining = remaining - 1 WHERE source_key = 'pack'")]
    [InlineData("I5", "UPDATE accounts SET unattributed = unattributed + 1")]
    [InlineData("I5", "UPDATE token_lots SET expired = granted WHERE source_key = 'pack'")]
    [InlineData("I6", "UPDATE token_holds SET charge_seq = 0 WHERE request_id = 'r1'")]
    [InlineData("I6", "UPDATE token_holds SET charged = charged + 1 WHERE request_id = 'r1'")]
    [InlineData("I6", "UPDATE token_holds SET state = 3 WHERE request_id = 'r1'")]
    [InlineData("I6", "UPDATE token_transactions SET request_id = 'r1' WHERE request_id = 'r2'")]
    [InlineData("I7", "SELECT 1")]
    [InlineData("I8", "UPDATE token_lots SET remaining = remaining + 40 - 80 * (source_key = 'pack') WHERE source_key IN ('pack', 'promo')")]
    [InlineData("I9", "UPDATE usage_daily SET tokens = tokens + 1")]
    [InlineData("I9", "UPDATE usage_daily SET calls = calls + 1")]
    [InlineData("I9", "DELETE FROM usage_daily")]
    [InlineData("I10", "UPDATE token_lots SET expires_at = 1000 WHERE source_key = 'pack'")]
    public async Task A_planted_fault_is_named(string invariant, string fault)
    {
        await using var box = await BusyAsync();
        box.Table.Run(fault);
        Assert.Contains(await box.Audit.RunAsync(atRest: true, LedgerBox.Cancel), violation => violation.Invariant == invariant);
    }

    [Fact]
    public async Task A_violation_names_the_first_row_that_breaks_it()
    {
        await using var box = await BusyAsync();
        box.Table.Run("UPDATE token_transactions SET tokens_remaining = tokens_remaining + 1 WHERE seq = 4");
        var violation = (await box.Audit.RunAsync(atRest: false, LedgerBox.Cancel))[0];
        Assert.Equal(("I3", 1L, "seq 4"), (violation.Invariant, violation.AccountId, violation.Row));
    }

    /// <summary>An account with two lots, settles, a late one, an overrun, a removal, and a call in flight.</summary>
    private static async Task<LedgerBox> BusyAsync()
    {
        var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(50, "promo", LotKind.Promo, expires: LedgerBox.Start.AddDays(20));
        await box.GrantAsync(500, "pack");
        await box.UseAsync(20, "r1");
        await box.UseAsync(15, "r2");
        await box.Books.RemoveAsync(new RemovalRequest(LedgerBox.User, 5, "adjustment", "x1"), LedgerBox.Cancel);
        await box.HoldAsync(30, "late");
        await box.ReleaseAsync("late");
        await box.SettleAsync("late", 40);
        await box.HoldAsync(25, "open");
        return box;
    }
}
