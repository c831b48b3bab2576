using System.Diagnostics;
using System.Globalization;
using AiGateway.Insights;
using AiGateway.Tests.Ledger;

namespace AiGateway.Tests.Insights;

/// <summary>What a long ledger costs those who look at it: the same questions over few rows and over many.</summary>
public sealed class GrowthTests(ITestOutputHelper output)
{
    /// <summary>How many rows the longer ledger has; the ordinary run keeps it short.</summary>
    private const string RowsVariable = "AIGATEWAY_GROWTH_ROWS";
    private const int Few = 1_000, ShortRun = 20_000, Users = 20, Days = 30, Tries = 15, PageSize = 50;
    private static readonly DateTime From = LedgerBox.Start.UtcDateTime.Date.AddDays(-Days);

    [Fact]
    public async Task Looking_at_a_long_ledger_costs_little_more_than_at_a_short_one()
    {
        var many = int.TryParse(Environment.GetEnvironmentVariable(RowsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : ShortRun;
        await using var small = await FilledAsync(Few);
        await using var large = await FilledAsync(many);
        output.WriteLine($"{"",-46}{Few,12:N0}{many,14:N0} rows   ratio");
        var (before, after) = (await TimesAsync(small), await TimesAsync(large));
        foreach (var (what, microseconds) in before)
            output.WriteLine($"{what,-46}{microseconds / 1000m,9:0.00} ms{after[what] / 1000m,11:0.00} ms   {(decimal)after[what] / Math.Max(1, microseconds),10:0.0}");
        // A plan that reads the whole ledger would be slower by the whole factor; noise is not.
        Assert.All(before, one => Assert.True(after[one.Key] < Math.Max(one.Value, 1_000) * (many / Few / 2m), $"{one.Key}: {one.Value} µs became {after[one.Key]} µs"));
    }

    private static async Task<IReadOnlyDictionary<string, long>> TimesAsync(InsightsBox box)
    {
        var (balances, rows, usage) = (new BalanceReader(box.Database, box.Ledger.Clock), new TransactionReader(box.Database), new UserUsageReader(box.Database, box.Ledger.Clock));
        var (cancel, to) = (InsightsBox.Cancel, From.AddDays(Days));
        var mine = new TransactionFilter("user-7", null, null, null, null);
        var all = new TransactionFilter(null, null, null, null, null);
        var middle = await MiddleAsync(rows, mine, box.Table.Number("SELECT seq / 2 FROM accounts WHERE user_id = 'user-7'"));
        return new Dictionary<string, long>(StringComparer.Ordinal)
        {
            ["balance"] = await LeastAsync(() => balances.BalanceAsync("user-7", (_, _) => "ok", cancel)),
            ["history, first page of a user"] = await LeastAsync(() => rows.ListAsync(mine, null, PageSize, cancel)),
            ["history, a page in the middle"] = await LeastAsync(() => rows.ListAsync(mine, middle, PageSize, cancel)),
            ["history, first page of everybody"] = await LeastAsync(() => rows.ListAsync(all, null, PageSize, cancel)),
            ["a user's usage by day, 30 days"] = await LeastAsync(() => usage.OfAsync("user-7", DateOnly.FromDateTime(From), DateOnly.FromDateTime(to), null, cancel)),
            ["insights: reports, 30 days"] = await LeastAsync(() => box.Reports.RunAsync(From, to, cancel)),
            ["insights: business figures, 30 days"] = await LeastAsync(() => box.Business.ReadAsync(From, to, cancel)),
            ["insights: reports that begin and end at noon"] = await LeastAsync(() => box.Reports.RunAsync(From.AddHours(12), to.AddHours(-12), cancel)),
        };
    }

    private static async Task<string> MiddleAsync(TransactionReader rows, TransactionFilter filter, long seq)
    {
        var page = await rows.ListAsync(filter, null, 1, InsightsBox.Cancel);
        var parts = (page.After ?? throw new InvalidOperationException("One page holds it all.")).Split('.');
        return $"{parts[0]}.{parts[1]}.{seq}";
    }

    /// <returns>Microseconds of the quickest try: what else the machine does only adds. The first tries, which compile, are left out.</returns>
    private static async Task<long> LeastAsync<T>(Func<Task<T>> look)
    {
        for (var warm = 0; warm < 3; warm++)
            await look();
        var times = new List<long>();
        for (var i = 0; i < Tries; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await look();
            times.Add(Stopwatch.GetElapsedTime(started).Ticks / TimeSpan.TicksPerMicrosecond);
        }
        return times.Min();
    }

    /// <summary>Books that balance, of so many calls of twenty users over thirty days.</summary>
    private static async Task<InsightsBox> FilledAsync(int rows)
    {
        var box = await InsightsBox.OpenAsync();
        for (var user = 0; user < Users; user++)
            await box.Ledger.GrantAsync(1_000_000_000, $"g{user}", user: $"user-{user}");
        var (start, step) = (Earnings.Ms(From), Days * 86_400_000L / rows);
        box.Table.Run(string.Create(CultureInfo.InvariantCulture, $"""
            BEGIN;
            UPDATE token_transactions SET created_at = '{InsightsBox.Iso(From)}';
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {rows - 1})
            INSERT INTO token_transactions (account_id, seq, id, user_id, entry, action_type, tokens_used, tokens_remaining, estimated_cost_usd, cost_nano_usd, openai_model,
              prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, usage_source, metadata, created_at)
            SELECT a.id, a.seq + 1 + i / {Users}, printf('00000000-0000-4000-8000-%012X', i), a.user_id, 'usage', CASE WHEN i / {Users} % 2 = 0 THEN 'chat' ELSE 'image' END, 10,
              a.balance - 10 * (1 + i / {Users}), 0.000001, 1000, 'gpt-4o', 6, 4, 0, 0, 'reported', NULL,
              strftime('%Y-%m-%dT%H:%M:%fZ', ({start} + i * {step}) / 1000.0, 'unixepoch')
            FROM n JOIN accounts a ON a.user_id = 'user-' || (i % {Users});
            INSERT INTO usage_daily (day, account_id, action_type, model, calls, tokens, cost_nano_usd, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens)
            SELECT unixepoch(created_at) / 86400, account_id, action_type, openai_model, count(*), sum(tokens_used), sum(cost_nano_usd), sum(prompt_tokens), sum(completion_tokens), 0, 0
            FROM token_transactions WHERE entry = 'usage' GROUP BY 1, 2, 3, 4;
            UPDATE accounts SET (seq, balance, unattributed) = (SELECT max(t.seq), accounts.balance - sum(t.tokens_used), sum(t.tokens_used) FROM token_transactions t
              WHERE t.account_id = accounts.id AND t.entry = 'usage');
            COMMIT;
            """));
        await box.Ledger.AssertBalancedAsync();
        return box;
    }
}
