using System.Globalization;
using AiGateway.Insights;

namespace AiGateway.Tests.Insights;

/// <summary>The owner's figures, each held against plain SQL over token_transactions: the rollups behind them must not show.</summary>
public sealed class BusinessTests
{
    private static readonly DateTime January = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), March = January.AddMonths(2);

    public static TheoryData<string, string?> Spans => new()
    {
        { "2026-01-01T00:00:00.000Z", null },
        { "2026-01-10T00:00:00.000Z", "2026-03-01T00:00:00.000Z" },
        { "2026-01-10T09:31:07.123Z", "2026-02-20T23:59:59.999Z" },
        { "2026-02-03T01:00:00.000Z", "2026-02-03T23:00:00.000Z" },
        { "2026-02-03T22:00:00.000Z", "2026-02-04T01:00:00.000Z" },
        { "2026-02-03T22:00:00.000Z", null },
    };

    [Theory]
    [MemberData(nameof(Spans))]
    public async Task The_reports_equal_sql_over_the_rows_whatever_the_span(string from, string? to)
    {
        await using var box = await InsightsBox.OpenAsync();
        await box.LiveAsync();
        var report = await box.Reports.RunAsync(Time(from), to is null ? null : Time(to), InsightsBox.Cancel);
        var where = $"entry = 'usage' AND created_at >= '{from}' AND created_at < '{to ?? "9"}'";
        Assert.Equal(
            box.Table.Rows($"SELECT substr(created_at, 1, 7), count(DISTINCT user_id), sum(tokens_used) FROM token_transactions WHERE {where} GROUP BY 1 ORDER BY 1"),
            Lines(report.AverageMonthlyUsage.Select(m => $"{m.Month}|{m.Users}|{m.Tokens}")));
        Assert.Equal(
            box.Table.Rows($"SELECT user_id, count(*), sum(tokens_used), printf('%.9f', sum(cost_nano_usd) / 1000000000.0) FROM token_transactions WHERE {where} GROUP BY user_id ORDER BY 3 DESC, 1"),
            Lines(report.TopUsers.Select(u => $"{u.UserId}|{u.Calls}|{u.Tokens}|{u.CostUsd}")));
        Assert.Equal(
            box.Table.Rows($"SELECT action_type, count(*), sum(tokens_used), printf('%.9f', sum(cost_nano_usd) / 1000000000.0) FROM token_transactions WHERE {where} GROUP BY 1 ORDER BY sum(cost_nano_usd) DESC, 1"),
            Lines(report.MostExpensiveActions.Select(a => $"{a.ActionType}|{a.Calls}|{a.Tokens}|{a.CostUsd}")));
    }

    [Theory]
    [MemberData(nameof(Spans))]
    public async Task Cost_and_weeks_equal_sql_over_the_rows_corrections_included(string from, string? to)
    {
        await using var box = await InsightsBox.OpenAsync();
        await box.LiveAsync();
        var figures = await box.Business.ReadAsync(Time(from), to is null ? null : Time(to), InsightsBox.Cancel);
        var where = $"entry IN ('usage', 'correction') AND created_at >= '{from}' AND created_at < '{to ?? "9"}'";
        Assert.Equal(box.Table.Text($"SELECT printf('%.9f', sum(cost_nano_usd) / 1000000000.0) FROM token_transactions WHERE {where}"), figures.Money.CostUsd);
        Assert.Equal(
            box.Table.Rows(
                $"""
                SELECT date(created_at, '-6 days', 'weekday 1'), sum(entry = 'usage'), sum(tokens_used), printf('%.9f', sum(cost_nano_usd) / 1000000000.0)
                FROM token_transactions WHERE {where} GROUP BY 1 ORDER BY 1
                """),
            Lines(figures.Weeks.Where(w => w.Tokens > 0).Select(w => $"{w.Week:yyyy-MM-dd}|{w.Calls}|{w.Tokens}|{w.Money.CostUsd}")));
    }

    [Fact]
    public async Task Users_are_averaged_by_the_plan_that_they_paid_for_in_that_month()
    {
        await using var box = await InsightsBox.OpenAsync();
        await box.LiveAsync();
        box.Pay("m1", "user-1", "monthly", 10_900, January.AddDays(4), January.AddDays(32), January.AddDays(4));
        box.Pay("m2", "user-2", "monthly", 10_900, January.AddDays(40), January.AddDays(68), January.AddDays(40));
        box.Pay("a3", "user-3", "annual", 99_900, January.AddDays(-100), January.AddDays(265), January.AddDays(-100));
        box.Pay("p4", "user-4", "small", 1_500, null, null, January.AddDays(3));
        var months = await box.Plans.MonthsAsync(January, null, InsightsBox.Cancel);

        string Sum(string month, string users) => box.Table.Rows(
            $"SELECT count(DISTINCT user_id), sum(tokens_used) FROM token_transactions WHERE entry = 'usage' AND created_at LIKE '{month}%' AND user_id {users}");
        string Seen(string month, string? plan) => Lines(months.Where(m => m.Month == month && m.Plan == plan).Select(m => $"{m.Users}|{m.Tokens}"));
        Assert.Equal(Sum("2026-01", "IN ('user-1')"), Seen("2026-01", "monthly"));
        Assert.Equal(Sum("2026-02", "IN ('user-1', 'user-2')"), Seen("2026-02", "monthly"));
        Assert.Equal(Sum("2026-03", "IN ('user-2')"), Seen("2026-03", "monthly"));
        Assert.Equal(Sum("2026-03", "IN ('user-3')"), Seen("2026-03", "annual"));
        Assert.Equal(Sum("2026-01", "NOT IN ('user-1', 'user-3')"), Seen("2026-01", null));
        Assert.All(months, month => Assert.Equal(Shares.Average(month.Tokens, month.Users), month.AverageTokens));
        Assert.All(months, month => Assert.Equal(month.TargetTokens is { } target ? month.AverageTokens < target : null, month.IsWithinTarget));
    }

    [Fact]
    public async Task A_power_user_has_used_more_than_four_fifths_of_what_was_granted()
    {
        await using var box = await InsightsBox.OpenAsync();
        foreach (var (user, use) in new[] { ("calm", 80_000L), ("eager", 80_001L), ("broke", 150_000L) })
        {
            await box.Ledger.GrantAsync(100_000, $"g:{user}", user: user);
            await box.Ledger.Books.ChargeExternalAsync(new(user, "chat", $"c:{user}", Ledger.LedgerBox.Charge(use), null), InsightsBox.Cancel);
        }
        var found = await box.Plans.PowerUsersAsync(InsightsBox.Cancel);
        Assert.Equal(["broke 150000 150.00", "eager 80001 80.00"], found.Select(u => string.Create(CultureInfo.InvariantCulture, $"{u.UserId} {u.UsedInPeriod} {u.UsedPercent:0.00}")));
        Assert.Equal(
            box.Table.Rows("SELECT user_id, sum(tokens_used) FROM token_transactions WHERE entry = 'usage' AND created_at >= '2026-03-01' GROUP BY 1 HAVING sum(tokens_used) > 80000 ORDER BY 2 DESC"),
            Lines(found.Select(u => $"{u.UserId}|{u.UsedInPeriod}")));
    }

    [Fact]
    public async Task Revenue_is_recognised_evenly_over_the_paid_period()
    {
        await using var box = await InsightsBox.OpenAsync();
        box.Pay("m", "user-1", "monthly", 10_900, January, January.AddDays(28), January);
        box.Pay("p", "user-2", "small", 1_500, null, null, January.AddDays(8));
        async Task<string> Earned(DateTime from, DateTime to) => (await box.Business.ReadAsync(from, to, InsightsBox.Cancel)).Money.RevenueUsd;
        Assert.Equal("27.250000000", await Earned(January, January.AddDays(7)));
        Assert.Equal("42.250000000", await Earned(January.AddDays(7), January.AddDays(14)));
        Assert.Equal("3.892857142", await Earned(January, January.AddDays(1)));
        Assert.Equal("124.000000000", await Earned(January.AddMonths(-1), March));
        Assert.Equal("0.000000000", await Earned(January.AddDays(28), March));
    }

    [Fact]
    public async Task What_was_refunded_or_lost_in_a_dispute_was_never_earned_and_one_invoice_is_counted_once()
    {
        await using var box = await InsightsBox.OpenAsync();
        // Two lots of one invoice: each row names the whole amount.
        box.Pay("i1", "user-1", "monthly", 10_000, January, January.AddDays(10), January, tokens: 300, invoice: "in_1");
        box.Pay("i2", "user-1", "monthly", 10_000, January, January.AddDays(10), January, tokens: 700, invoice: "in_1");
        box.Pay("pack", "user-2", "small", 1_500, null, null, January, intent: "pi_2");
        box.Pay("lost", "user-3", "small", 1_500, null, null, January, intent: "pi_3");
        box.Table.Run("INSERT INTO invoice_payments VALUES ('in_1', 'pi_1', 0)");
        box.Table.Run(
            """
            INSERT INTO payment_claims (id, kind, payment_intent_id, amount, status, updated_at) VALUES
            ('re_1', 'refund', 'pi_1', 2000, 'succeeded', 0), ('re_2', 'refund', 'pi_1', 9999, 'failed', 0), ('re_3', 'refund', 'pi_2', 500, 'succeeded', 0),
            ('dp_3', 'dispute', 'pi_3', 1500, 'lost', 0), ('dp_4', 'dispute', 'pi_2', 1500, 'won', 0)
            """);
        Assert.Equal("90.000000000", (await box.Business.ReadAsync(January, January.AddDays(11), InsightsBox.Cancel)).Money.RevenueUsd);
    }

    [Theory]
    [InlineData(500, "ok", "20.00", "80.00")]
    [InlineData(499, "over_budget", "20.04", "79.96")]
    [InlineData(0, "no_revenue", null, null)]
    public async Task Cost_is_held_against_a_fifth_of_revenue(long cents, string state, string? share, string? margin)
    {
        await using var box = await InsightsBox.OpenAsync();
        await box.Ledger.GrantAsync(100_000, "g");
        await box.Ledger.Books.ChargeExternalAsync(new("anna", "chat", "c", Ledger.LedgerBox.Charge(1_000, 1_000_000_000), null), InsightsBox.Cancel);
        box.Pay("p", "anna", "small", cents, null, null, Ledger.LedgerBox.Start.UtcDateTime.AddHours(-1));
        var money = (await box.Business.ReadAsync(March, null, InsightsBox.Cancel)).Money;
        Assert.Equal((state, share, margin), (money.State, money.CogsPercent?.ToString("0.00", CultureInfo.InvariantCulture), money.MarginPercent?.ToString("0.00", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_model_without_a_price_makes_the_figures_incomplete_instead_of_good()
    {
        await using var box = await InsightsBox.OpenAsync();
        await box.LiveAsync(alsoModel: InsightsBox.Unpriced);
        box.Pay("a", "user-1", "annual", 9_999_900, January, January.AddDays(365), January);
        var figures = await box.Business.ReadAsync(January, null, InsightsBox.Cancel);
        Assert.Equal(("incomplete", null, null), (figures.Money.State, figures.Money.CogsPercent, figures.Money.MarginPercent));
        Assert.Equal([InsightsBox.Unpriced], figures.UnpricedModels);
        Assert.Equal(["no price for my-own-model"], figures.IncompleteBecause);
        Assert.Equal("incomplete", figures.Projection.Money.State);
        Assert.Contains(figures.Weeks, week => week.Money.State == "incomplete");
    }

    [Fact]
    public async Task A_payment_in_another_currency_makes_the_figures_incomplete()
    {
        await using var box = await InsightsBox.OpenAsync();
        box.Pay("e", "user-1", "small", 1_500, null, null, March, currency: "eur");
        Assert.Equal(["1 payments are not in USD"], (await box.Business.ReadAsync(March, null, InsightsBox.Cancel)).IncompleteBecause);
    }

    [Fact]
    public async Task The_month_ends_as_the_last_seven_days_went()
    {
        await using var box = await InsightsBox.OpenAsync();
        await box.LiveAsync();
        box.Pay("a", "user-1", "annual", 36_500, January, January.AddDays(365), January);
        var projection = (await box.Business.ReadAsync(March, null, InsightsBox.Cancel)).Projection;
        // It is noon of March 10: 21.5 days are left.
        string Sum(string column, string from, string to) => $"(SELECT sum({column}) FROM token_transactions WHERE entry IN ('usage', 'correction') AND created_at >= '{from}' AND created_at < '{to}')";
        var tokens = box.Table.Number($"SELECT {Sum("tokens_used", "2026-03-01", "9")} + {Sum("tokens_used", "2026-03-03", "2026-03-10")} * 43 / 14");
        var cost = box.Table.Number($"SELECT {Sum("cost_nano_usd", "2026-03-01", "9")} + {Sum("cost_nano_usd", "2026-03-03", "2026-03-10")} * 43 / 14");
        Assert.Equal((7, "2026-03", tokens, Words.Usd(cost), "31.000000000"), (projection.DaysLookedAt, projection.Month, projection.Tokens, projection.Money.CostUsd, projection.Money.RevenueUsd));
    }

    [Fact]
    public async Task The_providers_own_report_is_compared_over_whole_days()
    {
        await using var box = await InsightsBox.OpenAsync();
        await box.LiveAsync();
        var ours = box.Table.Number("SELECT sum(cost_nano_usd) FROM token_transactions WHERE entry IN ('usage', 'correction') AND created_at >= '2026-02-02' AND created_at < '2026-03-10'");
        box.Billed = ours / 2 / 1_000_000_000m;
        var compared = await box.Costs.ReadAsync(new DateTime(2026, 2, 1, 5, 0, 0, DateTimeKind.Utc), null, InsightsBox.Cancel);
        Assert.Equal(("ok", 36, Words.Usd(ours)), (compared.State, compared.Days, compared.OursUsd));
        Assert.Equal(100.00m, compared.DifferencePercent);
        box.Billed = null;
        Assert.Equal(("unavailable", "no"), await StateAsync(box));
        box.IsOff = true;
        Assert.Equal(("off", (string?)null), await StateAsync(box));
    }

    private static async Task<(string, string?)> StateAsync(InsightsBox box) =>
        await box.Costs.ReadAsync(March, null, InsightsBox.Cancel) is var compared ? (compared.State, compared.Why) : default;

    private static DateTime Time(string iso) => DateTimeOffset.Parse(iso, CultureInfo.InvariantCulture).UtcDateTime;

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);
}
