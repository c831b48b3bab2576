using AiGateway.Ledger;

namespace AiGateway.Tests.Ledger;

/// <summary>An account's past, taken over: afterwards the books balance as if every row had been booked here.</summary>
public sealed class ImportTests
{
    private static readonly DateTimeOffset January = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_history_keeps_its_times_and_its_chain()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answer = await ImportAsync(box, 0, Grant("g1", 1_000, "subscription_grant", days: 0), Use("u1", 300, days: 1), Grant("g2", 500, "token_pack", days: 2), Use("u2", 900, days: 3));
        Assert.Equal((ImportOutcome.Imported, 4, 300), (answer.Outcome, answer.Rows, answer.Standing.Balance));
        Assert.Equal(
            """
            1|grant|-1000|1000|2026-01-05T08:00:00.000Z
            2|usage|300|700|2026-01-06T08:00:00.000Z
            3|grant|-500|1200|2026-01-07T08:00:00.000Z
            4|usage|900|300|2026-01-08T08:00:00.000Z
            """.ReplaceLineEndings("\n"),
            box.Table.Rows("SELECT seq, entry, tokens_used, tokens_remaining, created_at FROM token_transactions ORDER BY seq"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task Lots_burn_in_the_order_in_which_they_would_have_burnt()
    {
        await using var box = await LedgerBox.OpenAsync();
        await ImportAsync(box, 0, Grant("pack", 500, "token_pack", days: 0), Grant("sub", 1_000, "subscription_grant", days: 1), Use("u", 1_200, days: 2));
        Assert.Equal("subscription_grant|0\ntoken_pack|300", box.Table.Rows("SELECT action_type, remaining FROM token_lots ORDER BY priority"));
        Assert.Equal(500, box.Table.Number("SELECT allocation FROM accounts"));
        await box.UseAsync(200, "later");
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task What_was_there_before_the_first_row_opens_the_account()
    {
        await using var box = await LedgerBox.OpenAsync();
        var answer = await ImportAsync(box, 2_000, Use("u", 700, days: 0));
        Assert.Equal(1_300, answer.Standing.Balance);
        Assert.Equal("grant|adjustment|-2000", box.Table.Rows("SELECT entry, action_type, tokens_used FROM token_transactions WHERE seq = 1"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_debt_is_taken_over_and_repaid_by_the_next_grant()
    {
        await using var box = await LedgerBox.OpenAsync();
        Assert.Equal(-250, (await ImportAsync(box, -200, Use("u", 50, days: 0))).Standing.Balance);
        await box.AssertBalancedAsync();
        Assert.Equal(750, (await box.GrantAsync(1_000, "g")).Standing.Balance);
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task The_same_history_twice_changes_nothing()
    {
        await using var box = await LedgerBox.OpenAsync();
        ImportedRow[] rows = [Grant("g", 1_000, "token_pack", days: 0), Use("u", 300, days: 1)];
        await ImportAsync(box, 0, rows);
        var before = box.Table.Rows("SELECT * FROM token_transactions");
        Assert.Equal(ImportOutcome.AlreadyImported, (await ImportAsync(box, 0, rows)).Outcome);
        Assert.Equal(before, box.Table.Rows("SELECT * FROM token_transactions"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task Another_history_for_an_imported_account_is_a_conflict()
    {
        await using var box = await LedgerBox.OpenAsync();
        await ImportAsync(box, 0, Grant("g", 1_000, "token_pack", days: 0));
        var answer = await ImportAsync(box, 0, Grant("g", 1_001, "token_pack", days: 0));
        Assert.Equal((ImportOutcome.Conflict, 1_000), (answer.Outcome, answer.Standing.Balance));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task An_account_that_has_rows_takes_no_history()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "here first");
        var answer = await ImportAsync(box, 0, Grant("g", 1_000, "token_pack", days: 0));
        Assert.Equal((ImportOutcome.NotEmpty, 100), (answer.Outcome, answer.Standing.Balance));
        Assert.Equal(1, box.Table.Number("SELECT COUNT(*) FROM token_transactions"));
    }

    [Fact]
    public async Task Use_of_the_present_period_counts_in_it_and_older_use_does_not()
    {
        await using var box = await LedgerBox.OpenAsync();
        await ImportAsync(box, 0, Grant("g", 1_000, "token_pack", days: 0), Use("old", 300, days: 1), Use("new", 40, days: 60));
        Assert.Equal(40, box.Table.Number("SELECT period_used FROM accounts"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_paid_period_that_runs_comes_along_and_its_lot_ends_with_it()
    {
        await using var box = await LedgerBox.OpenAsync();
        var (start, end) = (January.AddDays(60), January.AddDays(88));
        var rows = new[] { Grant("pack", 500, "token_pack", days: 0), Use("old", 500, days: 1), Grant("sub", 1_000, "subscription_grant", days: 60), Use("new", 40, days: 61) };
        var period = new ImportedPeriod("sub", start.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds(), end.AddDays(3).ToUnixTimeMilliseconds());
        var asked = new ImportRequest(LedgerBox.User, "import:anna", 0, rows, period);
        Assert.Equal(ImportOutcome.Imported, (await box.Books.ImportAsync(asked, LedgerBox.Cancel)).Outcome);
        Assert.Equal("1|40|1000|" + January.ToUnixTimeMilliseconds(), box.Table.Rows("SELECT period_kind, period_used, allocation, created_at FROM accounts"));
        Assert.Equal(ImportOutcome.Conflict, (await box.Books.ImportAsync(asked with { Period = null }, LedgerBox.Cancel)).Outcome);
        await box.AssertBalancedAsync();
        box.Clock.Advance(end.AddDays(4) - LedgerBox.Start);
        await box.GrantAsync(10, "later");
        Assert.Equal(10, box.Table.Number("SELECT balance FROM accounts"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_period_that_is_over_or_that_no_row_paid_for_is_refused()
    {
        await using var box = await LedgerBox.OpenAsync();
        var rows = new[] { Grant("sub", 1_000, "subscription_grant", days: 0) };
        long Day(int days) => January.AddDays(days).ToUnixTimeMilliseconds();
        foreach (var period in new[] { new ImportedPeriod("sub", Day(0), Day(28), Day(28)), new ImportedPeriod("other", Day(50), Day(88), Day(88)), new ImportedPeriod("sub", Day(50), Day(88), Day(87)) })
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => box.Books.ImportAsync(new ImportRequest(LedgerBox.User, "import:anna", 0, rows, period), LedgerBox.Cancel));
    }

    [Fact]
    public async Task A_row_of_the_future_or_out_of_order_is_refused_and_changes_nothing()
    {
        await using var box = await LedgerBox.OpenAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ImportAsync(box, 0, Grant("g", 10, "token_pack", days: 365)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ImportAsync(box, 0, Grant("g", 10, "token_pack", days: 2), Use("u", 1, days: 1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ImportAsync(box, 0, Use("u", -1, days: 1)));
        Assert.Equal(0, box.Table.Number("SELECT COUNT(*) FROM accounts"));
    }

    private static Task<ImportAnswer> ImportAsync(LedgerBox box, long opening, params ImportedRow[] rows) =>
        box.Books.ImportAsync(new ImportRequest(LedgerBox.User, "import:" + LedgerBox.User, opening, rows), LedgerBox.Cancel);

    private static ImportedRow Grant(string key, long tokens, string action, int days) => Row(key, "grant", action, -tokens, days);

    private static ImportedRow Use(string key, long tokens, int days) => Row(key, "usage", "chat", tokens, days);

    private static ImportedRow Row(string key, string entry, string action, long tokens, int days) =>
        new(null, key, entry, action, tokens, tokens > 0 ? tokens * 1_000 : 0, "gpt", Math.Max(0, tokens), 0, null, January.AddDays(days).ToUnixTimeMilliseconds());
}
