using System.Globalization;
using System.Numerics;
using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Insights;

/// <summary>What stands on /admin/insights, figure by figure, against plain SQL over the tables of a fresh clone's past.</summary>
[Collection(PatientGroup.Name)]
public sealed class InsightsPageTests(DemoGateway demo) : IClassFixture<DemoGateway>
{
    private static readonly DateTime Today = TimeProvider.System.GetUtcNow().UtcDateTime.Date;

    /// <summary>Days ago, both included: whole days that are over, so that the same question has the same answer a second later.</summary>
    public static TheoryData<int, int> Spans => new() { { 60, 1 }, { 31, 8 }, { 3, 3 } };

    [Theory]
    [MemberData(nameof(Spans))]
    public async Task Every_figure_of_a_span_equals_sql_over_the_rows(int first, int last)
    {
        using var page = await OperatorClient.SignedInAsync(demo.Process.BaseAddress);
        var (from, to) = (Today.AddDays(-first), Today.AddDays(1 - last));
        var shown = OperatorClient.Figures(await page.ReadAsync($"/admin/insights?from={from:yyyy-MM-dd}&to={to.AddDays(-1):yyyy-MM-dd}"));
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Plans(expected, from, to);
        Months(expected, from, to);
        Actions(expected, from, to);
        TopUsers(expected, from, to);
        PowerUsers(expected);
        Money(expected, "money", from, to);
        Weeks(expected, from, to);
        var figures = shown.Where(figure => !figure.Key.StartsWith("projection.", StringComparison.Ordinal)).OrderBy(figure => figure.Key, StringComparer.Ordinal);
        Assert.Equal(Lines(expected), Lines(figures));
        Assert.True(shown.Count > 30, $"only {shown.Count} figures were found");
    }

    [Fact]
    public async Task The_projection_is_the_month_so_far_and_the_average_of_the_last_days_for_the_rest()
    {
        using var page = await OperatorClient.SignedInAsync(demo.Process.BaseAddress);
        var before = TimeProvider.System.GetUtcNow().UtcDateTime;
        var shown = OperatorClient.Figures(await page.ReadAsync("/admin/insights"));
        var after = TimeProvider.System.GetUtcNow().UtcDateTime;
        var month = new DateTime(before.Year, before.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        var soFar = demo.Table.Number($"SELECT coalesce(sum(tokens_used), 0) FROM token_transactions WHERE entry IN ('usage', 'correction') AND created_at >= '{InsightsBox.Iso(month)}'");
        var week = demo.Table.Number($"SELECT sum(tokens_used) FROM token_transactions WHERE entry IN ('usage', 'correction') AND {Within(before.Date.AddDays(-7), before.Date)}");
        long At(DateTime now) => soFar + (long)((Int128)week * (month.AddMonths(1) - now).Ticks / (7 * TimeSpan.TicksPerDay));
        Assert.InRange(long.Parse(shown["projection.tokens"], CultureInfo.InvariantCulture), At(after), At(before));
    }

    [Fact]
    public async Task A_model_without_a_price_makes_the_page_say_incomplete_and_show_no_margin()
    {
        var fresh = new DemoGateway();
        await fresh.InitializeAsync();
        try
        {
            using var page = await OperatorClient.SignedInAsync(fresh.Process.BaseAddress);
            Assert.Contains("data-of=\"money.margin_percent\"", await page.ReadAsync("/admin/insights"));
            var app = new CallerClient(fresh.Process.Client, (await fresh.Admin.CreateKeyAsync("app", null)).Secret);
            using var said = await app.SendAsync(app.Request(HttpMethod.Post, "/gateway/v1/usage",
                """{"source_key":"k1","user_id":"demo-ada","action_type":"chat","model":"in-house-7b","prompt_tokens":10,"completion_tokens":5}"""));
            Assert.True(said.IsSuccessStatusCode);
            var html = await page.ReadAsync("/admin/insights");
            Assert.DoesNotContain("money.cogs_percent", html);
            Assert.DoesNotContain("money.margin_percent", html);
            Assert.DoesNotContain("projection.margin_percent", html);
            Assert.Contains("Margins are incomplete.", html);
            Assert.Contains("no price for in-house-7b", html);
            Assert.Contains("in-house-7b: charged at the ceiling price", await page.ReadAsync("/admin"));
        }
        finally
        {
            await fresh.DisposeAsync();
        }
    }

    private void Plans(IDictionary<string, string> expected, DateTime from, DateTime to)
    {
        foreach (var (month, start, end) in MonthsOf(from, to))
        {
            var (monthStart, monthEnd) = (InsightsBox.Ms(month), InsightsBox.Ms(month.AddMonths(1)));
            string Of(string plan) => $"user_id IN (SELECT user_id FROM payments WHERE offer_id = '{plan}' AND period_start < {monthEnd} AND period_end > {monthStart})";
            foreach (var (plan, where) in new[] { ("annual", Of("annual")), ("monthly", Of("monthly")), ("", $"NOT ({Of("annual")}) AND NOT ({Of("monthly")})") })
                Averages(expected, $"plan.{month:yyyy-MM}.{plan}", $"{where} AND {Within(start, end)}");
        }
    }

    private void Months(IDictionary<string, string> expected, DateTime from, DateTime to)
    {
        foreach (var (month, start, end) in MonthsOf(from, to))
            Averages(expected, $"month.{month:yyyy-MM}", Within(start, end));
    }

    private void Averages(IDictionary<string, string> expected, string key, string where)
    {
        var row = demo.Table.Rows($"SELECT count(DISTINCT user_id), sum(tokens_used), (2 * sum(tokens_used) + count(DISTINCT user_id)) / (2 * count(DISTINCT user_id)) FROM token_transactions WHERE entry = 'usage' AND {where}").Split('|');
        if (row[0] != "0")
            (expected[key + ".users"], expected[key + ".tokens"], expected[key + ".average_tokens"]) = (row[0], row[1], row[2]);
    }

    private void Actions(IDictionary<string, string> expected, DateTime from, DateTime to)
    {
        foreach (var row in Split(
            $"SELECT action_type, count(*), sum(tokens_used), (2 * sum(tokens_used) + count(*)) / (2 * count(*)), {Usd} FROM token_transactions WHERE entry = 'usage' AND {Within(from, to)} GROUP BY 1"))
            (expected[$"action.{row[0]}.calls"], expected[$"action.{row[0]}.tokens"], expected[$"action.{row[0]}.average_tokens"], expected[$"action.{row[0]}.cost_usd"]) = (row[1], row[2], row[3], row[4]);
    }

    private void TopUsers(IDictionary<string, string> expected, DateTime from, DateTime to)
    {
        foreach (var row in Split($"SELECT user_id, count(*), sum(tokens_used), {Usd} FROM token_transactions WHERE entry = 'usage' AND {Within(from, to)} GROUP BY 1 ORDER BY 3 DESC LIMIT 20"))
            (expected[$"top.{row[0]}.calls"], expected[$"top.{row[0]}.tokens"], expected[$"top.{row[0]}.cost_usd"]) = (row[1], row[2], row[3]);
    }

    private void PowerUsers(IDictionary<string, string> expected)
    {
        var rows = Split(
            """
            SELECT a.user_id, sum(t.tokens_used) AS used, a.allocation, (SELECT -sum(tokens_used) FROM token_transactions WHERE account_id = a.id), round(sum(t.tokens_used) * 100.0 / a.allocation, 2)
            FROM accounts a JOIN token_transactions t ON t.account_id = a.id AND t.entry IN ('usage', 'correction')
              AND t.created_at >= strftime('%Y-%m-%dT%H:%M:%fZ', a.period_start / 1000.0, 'unixepoch')
            GROUP BY a.id HAVING a.allocation > 0 AND used * 100 > a.allocation * 80
            """).ToList();
        expected["power.count"] = rows.Count.ToString(CultureInfo.InvariantCulture);
        foreach (var row in rows)
            (expected[$"power.{row[0]}.used"], expected[$"power.{row[0]}.allocation"], expected[$"power.{row[0]}.balance"], expected[$"power.{row[0]}.used_percent"]) =
                (row[1], row[2], row[3], decimal.Parse(row[4], CultureInfo.InvariantCulture).ToString("0.##", CultureInfo.InvariantCulture));
    }

    private void Weeks(IDictionary<string, string> expected, DateTime from, DateTime to)
    {
        for (var week = from.AddDays(-(((int)from.DayOfWeek + 6) % 7)); week < to; week = week.AddDays(7))
        {
            var (start, end) = (week > from ? week : from, week.AddDays(7) < to ? week.AddDays(7) : to);
            var key = $"week.{week:yyyy-MM-dd}";
            var row = demo.Table.Rows($"SELECT coalesce(sum(entry = 'usage'), 0), coalesce(sum(tokens_used), 0) FROM token_transactions WHERE entry IN ('usage', 'correction') AND {Within(start, end)}").Split('|');
            (expected[key + ".calls"], expected[key + ".tokens"]) = (row[0], row[1]);
            Money(expected, key, start, end);
        }
    }

    private void Money(IDictionary<string, string> expected, string key, DateTime from, DateTime to)
    {
        var cost = demo.Table.Number($"SELECT coalesce(sum(cost_nano_usd), 0) FROM token_transactions WHERE entry IN ('usage', 'correction') AND {Within(from, to)}");
        var revenue = Revenue(from, to);
        expected[key + ".cost_usd"] = (cost / 1_000_000_000m).ToString("0.000000000", CultureInfo.InvariantCulture);
        expected[key + ".revenue_usd"] = (revenue / 1_000_000_000m).ToString("0.000000000", CultureInfo.InvariantCulture);
        var cogs = decimal.Round(cost * 100m / revenue, 2, MidpointRounding.AwayFromZero);
        expected[key + ".cogs_percent"] = cogs.ToString("0.##", CultureInfo.InvariantCulture);
        expected[key + ".margin_percent"] = (100 - cogs).ToString("0.##", CultureInfo.InvariantCulture);
    }

    /// <summary>Nano-USD: each payment less what went back, by the milliseconds of its period within the span; a pack in its moment.</summary>
    private long Revenue(DateTime from, DateTime to)
    {
        var (start, end) = (long.Parse(InsightsBox.Ms(from), CultureInfo.InvariantCulture), long.Parse(InsightsBox.Ms(to), CultureInfo.InvariantCulture));
        var sum = BigInteger.Zero;
        foreach (var row in Split(
            """
            SELECT p.charged - min(p.charged, coalesce((SELECT sum(amount) FROM payment_claims c WHERE c.payment_intent_id = p.payment_intent_id
              AND ((c.kind = 'refund' AND c.status = 'succeeded') OR (c.kind = 'dispute' AND c.status = 'lost'))), 0)), coalesce(p.period_start, p.created_at), coalesce(p.period_end, p.created_at)
            FROM payments p
            """).Select(row => row.Select(cell => long.Parse(cell, CultureInfo.InvariantCulture)).ToArray()))
        {
            var (nano, first, last) = ((BigInteger)row[0] * 10_000_000, row[1], row[2]);
            BigInteger Until(long at) => nano * (Math.Clamp(at, first, last) - first) / (last - first);
            sum += last == first ? first >= start && first < end ? nano : 0 : Until(end) - Until(start);
        }
        return (long)sum;
    }

    private const string Usd = "printf('%.9f', sum(cost_nano_usd) / 1000000000.0)";

    private static IEnumerable<(DateTime Month, DateTime From, DateTime To)> MonthsOf(DateTime from, DateTime to)
    {
        for (var month = new DateTime(from.Year, from.Month, 1, 0, 0, 0, DateTimeKind.Utc); month < to; month = month.AddMonths(1))
            yield return (month, month > from ? month : from, month.AddMonths(1) < to ? month.AddMonths(1) : to);
    }

    private static string Within(DateTime from, DateTime to) => $"created_at >= '{InsightsBox.Iso(from)}' AND created_at < '{InsightsBox.Iso(to)}'";

    private IEnumerable<string[]> Split(string sql) => demo.Table.Rows(sql).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|'));

    private static string Lines(IEnumerable<KeyValuePair<string, string>> figures) => string.Join('\n', figures.Select(figure => $"{figure.Key} = {figure.Value}"));
}
