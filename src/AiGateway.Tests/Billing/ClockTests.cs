using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Billing;

/// <summary>
/// Two years by the clock: one user pays 14 times for 28 days, another twice for a year. Payments come four hours after their period has
/// begun, two of them later; at every step the balance is what the paper says, and the sweeper runs.
/// </summary>
public sealed class ClockTests
{
    private const int Cycles = 14, LateCycle = 5, TooLateCycle = 9, Usual = 4, WithinGrace = 68, AfterGrace = 80, Grace = 72, CycleHours = 28 * 24, YearHours = 365 * 24;

    private static readonly TimeSpan Step = TimeSpan.FromHours(4);

    /// <summary>Hours after the start at which a cycle's money comes.</summary>
    private static int PaidAt(int cycle) => cycle * CycleHours + cycle switch { 0 => 0, LateCycle => WithinGrace, TooLateCycle => AfterGrace, _ => Usual };

    /// <summary>What is there at an hour: a whole plan less what was used, from a payment until its period and the grace are over.</summary>
    private static long Expected(long tokens, int hour, IEnumerable<(int PaidAt, int End)> periods, Func<int, long> usedSince) =>
        periods.Where(p => p.PaidAt <= hour).Select(p => hour < p.End + Grace ? tokens - usedSince(p.PaidAt) : 0).LastOrDefault();

    [Fact]
    public async Task Fourteen_cycles_of_28_days_beside_two_years()
    {
        await using var box = await BillingBox.OpenAsync();
        var first = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        box.Clock.Advance(first - box.Clock.GetUtcNow());
        var (monthly, annual) = (new Sub(box, User), new Sub(box, "berta", Paper.Annual, "sub_b"));
        var cycles = Enumerable.Range(0, Cycles).Select(cycle => (PaidAt: PaidAt(cycle), End: (cycle + 1) * CycleHours)).ToList();
        var years = new[] { (PaidAt: 0, End: YearHours), (PaidAt: YearHours + Usual, End: 2 * YearHours) };
        var (used, emptyHours) = (new List<(int Hour, long Tokens)>(), 0);
        for (var hour = 0; hour <= 2 * YearHours + Grace + Usual; hour += (int)Step.TotalHours, box.Clock.Advance(Step))
        {
            if (cycles.FindIndex(c => c.PaidAt == hour) is >= 0 and var cycle)
            {
                var start = first.AddDays(28 * cycle);
                monthly.Now("active", start);
                Assert.Equal("1", await monthly.PaidAsync($"in_{cycle}", start, cycle == 0 ? "subscription_create" : "subscription_cycle"));
                await box.Ledger.UseAsync(1_000 + cycle, $"r{cycle}");
                used.Add((hour, 1_000 + cycle));
            }
            if (Array.FindIndex(years, y => y.PaidAt == hour) is >= 0 and var year)
            {
                annual.Now("active", first.AddDays(365 * year), first.AddDays(365 * (year + 1)));
                Assert.Equal("1", await annual.PaidAsync($"in_y{year}", first.AddDays(365 * year), year == 0 ? "subscription_create" : "subscription_cycle"));
            }
            await box.Ledger.Sweeper.SweepAsync(Cancel);
            var balance = box.Balance();
            Assert.Equal((hour, Expected(600_000, hour, cycles, since => used.Where(u => u.Hour >= since).Sum(u => u.Tokens))), (hour, balance));
            Assert.Equal((hour, Expected(5_000_000, hour, years, _ => 0)), (hour, box.Balance("berta")));
            emptyHours += balance == 0 && hour < Cycles * CycleHours ? (int)Step.TotalHours : 0;
        }
        // Of all lateness only the one beyond the grace was felt, from the 72nd to the 80th hour.
        Assert.Equal(AfterGrace - Grace, emptyHours);
        // 13 cycles are 364 days: the 14th charge of the year that began on 1 January falls on 31 December.
        Assert.Equal(new DateTime(2026, 12, 31), first.AddDays(28 * (Cycles - 1)).Date);
        Assert.Equal(("14", "2"), (box.Table.Text("SELECT count(*) FROM payments WHERE user_id = 'anna'"), box.Table.Text("SELECT count(*) FROM payments WHERE user_id = 'berta'")));
        Assert.Equal("renewal_grant|13\nsubscription_grant|1", box.Table.Rows(
            "SELECT action_type, count(*) FROM token_lots WHERE account_id = (SELECT id FROM accounts WHERE user_id = 'anna') GROUP BY action_type ORDER BY action_type"));
        await box.Ledger.AssertBalancedAsync();
    }
}
