using System.Diagnostics;
using AiGateway.Ledger;
using AiGateway.Storage;

namespace AiGateway.Tests.Ledger;

public sealed class WriterTests
{
    [Fact]
    public async Task Of_a_balance_of_2000_exactly_2000_holds_of_one_succeed()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(2000, "g");
        Assert.Equal(2000, await RaceAsync([box], workers: 64, tries: 3000, limit: null));
        await box.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task Two_writers_on_one_file_share_a_balance_exactly()
    {
        await using var one = await LedgerBox.OpenAsync();
        await using var two = one.OpenBeside();
        await one.GrantAsync(2000, "g");
        Assert.Equal(2000, await RaceAsync([one, two], workers: 64, tries: 3000, limit: null));
        await one.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task Of_200_calls_at_once_over_two_writers_exactly_the_hours_100_are_let_in()
    {
        await using var one = await LedgerBox.OpenAsync();
        await using var two = one.OpenBeside();
        await one.GrantAsync(1_000_000, "g");
        Assert.Equal(100, await RaceAsync([one, two], workers: 200, tries: 200, limit: new CallLimit(100, 3_600_000)));
    }

    [Fact]
    public async Task Two_writers_open_the_same_new_accounts_and_meet_no_error()
    {
        await using var one = await LedgerBox.OpenAsync();
        await using var two = one.OpenBeside();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? one : two).GrantAsync(5, $"g{i}", user: $"u{i / 4}")));
        Assert.Equal("50|1000", one.Table.Rows("SELECT count(*), sum(balance) FROM accounts"));
        await one.AssertBalancedAsync();
    }

    [Fact]
    public async Task One_bad_command_fails_alone()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(long.MaxValue, "max");
        var overflowing = box.GrantAsync(1, "one more");
        var impossible = box.HoldAsync(-1, "r0");
        var good = Enumerable.Range(0, 20).Select(i => box.HoldAsync(1, $"r{i + 1}")).ToArray();
        await Assert.ThrowsAsync<OverflowException>(() => overflowing);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => impossible);
        Assert.All(await Task.WhenAll(good), answer => Assert.Equal(HoldOutcome.Held, answer.Outcome));
        Assert.Equal(1, box.Table.Number("SELECT count(*) FROM source_keys"));
        await box.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task A_row_that_the_database_refuses_fails_its_command_alone()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        box.Table.Run("CREATE TRIGGER refuse BEFORE INSERT ON token_holds WHEN NEW.request_id = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        var bad = box.HoldAsync(1, "bad");
        var good = Enumerable.Range(0, 20).Select(i => box.HoldAsync(1, $"r{i}")).ToArray();
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => bad);
        Assert.All(await Task.WhenAll(good), answer => Assert.Equal(HoldOutcome.Held, answer.Outcome));
        Assert.Equal(20, box.Table.Number("SELECT held FROM accounts"));
    }

    [Fact]
    public async Task A_locked_database_refuses_a_call_within_two_seconds_and_a_settle_waits_for_it()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        await box.HoldAsync(50, "r1");
        await using var other = box.Table.Open();
        Run(other, "BEGIN EXCLUSIVE");
        var waited = Stopwatch.StartNew();
        var settle = box.SettleAsync("r1", 20);
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => box.HoldAsync(1, "r2"));
        Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => box.HoldAsync(1, "r3"));
        Assert.False(settle.IsCompleted);
        Run(other, "ROLLBACK");
        Assert.Equal(new SettleAnswer(SettleOutcome.Settled, 20, new Standing(80, 0, 100)), await settle);
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(1, "r4")).Outcome);
        await box.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task A_settle_that_is_told_to_stop_says_so()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        await box.HoldAsync(50, "r1");
        await using var other = box.Table.Open();
        Run(other, "BEGIN EXCLUSIVE");
        using var stop = new CancellationTokenSource();
        var settle = box.Books.SettleAsync(new HoldId(LedgerBox.User, "r1"), LedgerBox.Charge(5), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => settle);
        Run(other, "ROLLBACK");
    }

    [Fact]
    public async Task A_missing_database_refuses_and_a_returned_one_is_used_again()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        await box.Writer.StopAsync();
        await using var after = box.OpenBeside();
        File.Move(box.Path, box.Path + ".away");
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => after.HoldAsync(1, "r1"));
        Assert.False(File.Exists(box.Path));
        File.Move(box.Path + ".away", box.Path);
        Assert.Equal(HoldOutcome.Held, (await after.HoldAsync(1, "r2")).Outcome);
    }

    [Fact]
    public async Task A_stopping_writer_writes_what_is_queued_and_takes_nothing_more()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(1000, "g");
        var queued = Enumerable.Range(0, 500).Select(i => box.HoldAsync(1, $"r{i}")).ToArray();
        await box.Writer.StopAsync();
        Assert.All(await Task.WhenAll(queued), answer => Assert.Equal(HoldOutcome.Held, answer.Outcome));
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => box.HoldAsync(1, "late"));
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => box.SettleAsync("r1", 1));
    }

    [Fact]
    public async Task A_full_queue_refuses_new_calls_at_once_and_still_takes_settles()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100_000, "g");
        await box.HoldAsync(1, "first");
        await using var other = box.Table.Open();
        Run(other, "BEGIN EXCLUSIVE");
        var calls = Enumerable.Range(0, 7000).Select(i => box.HoldAsync(1, $"r{i}")).ToArray();
        Assert.Contains(calls, call => call.IsFaulted);
        var settle = box.SettleAsync("first", 1);
        Run(other, "ROLLBACK");
        Assert.Equal(SettleOutcome.Settled, (await settle).Outcome);
        foreach (var call in calls)
            await ((Task)call).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await box.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task A_commit_that_is_lost_on_its_way_back_is_charged_once()
    {
        await using var box = await LedgerBox.OpenAsync(store => new FaultyStore(store));
        var faults = (FaultyStore)box.Store;
        await box.GrantAsync(100, "g");
        await box.HoldAsync(50, "r1");
        faults.LoseNextAnswer = true;
        Assert.Equal((SettleOutcome.AlreadySettled, 20L), Short(await box.SettleAsync("r1", 20)));
        faults.LoseNextAnswer = true;
        Assert.Equal(GrantOutcome.AlreadyGranted, (await box.GrantAsync(10, "g2")).Outcome);
        Assert.Equal(90, box.Table.Number("SELECT balance FROM accounts"));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_hold_whose_commit_is_lost_on_its_way_back_is_its_callers_own()
    {
        await using var box = await LedgerBox.OpenAsync(store => new FaultyStore(store));
        await box.GrantAsync(100, "g");
        ((FaultyStore)box.Store).LoseNextAnswer = true;
        var held = await box.HoldAsync(50, "r1");
        Assert.Equal((HoldOutcome.Held, new Standing(100, 50, 100)), (held.Outcome, held.Standing));
        // Somebody else's use of the same id is not.
        Assert.Equal(HoldOutcome.AlreadyHeld, (await box.HoldAsync(50, "r1")).Outcome);
        Assert.Equal(SettleOutcome.Settled, (await box.SettleAsync("r1", 20)).Outcome);
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task What_another_writer_came_between_is_decided_anew()
    {
        await using var box = await LedgerBox.OpenAsync(store => new FaultyStore(store));
        var faults = (FaultyStore)box.Store;
        await box.GrantAsync(100, "g");
        faults.Conflicts = 5;
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => box.HoldAsync(10, $"r{i}")));
        Assert.Equal(10, answers.Count(answer => answer.Outcome == HoldOutcome.Held));
        Assert.Equal(0, faults.Conflicts);
        await box.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task Rows_that_stay_locked_fail_their_callers_and_leave_nothing()
    {
        await using var box = await LedgerBox.OpenAsync(store => new FaultyStore(store));
        var faults = (FaultyStore)box.Store;
        await box.GrantAsync(100, "g");
        faults.Conflicts = int.MaxValue;
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => box.HoldAsync(10, "r1"));
        faults.Conflicts = 0;
        Assert.Equal(0, box.Table.Number("SELECT held FROM accounts"));
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(10, "r1")).Outcome);
    }

    [Fact]
    public async Task A_commit_that_fails_changes_nothing()
    {
        await using var box = await LedgerBox.OpenAsync(store => new FaultyStore(store));
        var faults = (FaultyStore)box.Store;
        await box.GrantAsync(100, "g");
        faults.FailNextCommit = true;
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => box.HoldAsync(50, "r1"));
        Assert.Equal(0, box.Table.Number("SELECT held FROM accounts"));
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(50, "r1")).Outcome);
    }

    [Fact]
    public async Task After_a_crash_the_books_balance_and_the_sweeper_ends_what_was_in_flight()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100_000, "g");
        for (var i = 0; i < 20; i++)
            await box.HoldAsync(100, $"open{i}", presumed: new PresumedUse(10, 50, 1, 1, "p"));
        for (var i = 0; i < 10; i++)
            await box.DispatchAsync($"open{i}");
        var inFlight = Enumerable.Range(0, 500).Select(i => box.HoldAsync(1, $"r{i}")).ToArray();
        box.Writer.Abandon();
        await using var after = box.OpenBeside();
        await after.AssertBalancedAsync(atRest: false);
        after.Clock.Advance(LedgerOptions.DefaultHoldExpiry + TimeSpan.FromSeconds(1));
        await after.Sweeper.SweepAsync(LedgerBox.Cancel);
        await after.AssertBalancedAsync();
        Assert.Equal(10, after.Table.Number("SELECT count(*) FROM token_transactions WHERE usage_source = 'presumed' AND tokens_used = 60"));
        Assert.Equal(100_000 - 600, after.Table.Number("SELECT balance FROM accounts"));
        Assert.NotEmpty(inFlight);
    }

    [Fact]
    public async Task Two_sweepers_end_each_hold_once()
    {
        await using var one = await LedgerBox.OpenAsync();
        await using var two = one.OpenBeside();
        await one.GrantAsync(100_000, "g");
        await Task.WhenAll(Enumerable.Range(0, 300).Select(async i => { await one.HoldAsync(10, $"r{i}"); await one.DispatchAsync($"r{i}"); }));
        one.Clock.Advance(LedgerOptions.DefaultHoldExpiry + TimeSpan.FromSeconds(1));
        var ended = await Task.WhenAll(one.Sweeper.SweepAsync(LedgerBox.Cancel), two.Sweeper.SweepAsync(LedgerBox.Cancel));
        Assert.Equal(300, ended.Sum());
        Assert.Equal("97000|0", one.Table.Rows("SELECT balance, held FROM accounts"));
        await one.AssertBalancedAsync();
    }

    /// <returns>How many holds of one token were granted.</returns>
    private static async Task<int> RaceAsync(LedgerBox[] boxes, int workers, int tries, CallLimit? limit)
    {
        var granted = 0;
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            var box = boxes[worker % boxes.Length];
            for (var i = worker; i < tries; i += workers)
                if ((await box.HoldAsync(1, $"r{i}", limit)).Outcome == HoldOutcome.Held)
                    Interlocked.Increment(ref granted);
        })));
        return granted;
    }

    private static (SettleOutcome, long) Short(SettleAnswer answer) => (answer.Outcome, answer.Charged);

    private static void Run(Microsoft.Data.Sqlite.SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
