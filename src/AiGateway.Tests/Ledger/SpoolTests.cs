using AiGateway.Ledger;
using AiGateway.Storage;
using AiGateway.Tests.Support;
using static AiGateway.Tests.Ledger.LedgerBox;

namespace AiGateway.Tests.Ledger;

/// <summary>Charges that the database does not take wait on local disk, and are booked once, whoever brings them.</summary>
public sealed class SpoolTests
{
    private static readonly ObjectNote Note = new("openai", "resp_1", ObjectState.Owned);

    [Fact]
    public async Task A_charge_that_the_database_does_not_take_is_on_disk_before_it_is_tried_again()
    {
        await using var box = await BrokenAsync();
        var settling = box.SettleAsync("r1", 20);
        await Eventually.TrueAsync(() => box.Spool.Kept == 1, "the spool keeps what the database does not take");
        Assert.Equal(SpooledKind.Settle, Assert.Single(OnDisk(box)).Kind);
        Faults(box).IsDown = false;
        Assert.Equal(SettleOutcome.Settled, (await settling).Outcome);
        Assert.Equal(0, box.Spool.Kept);
        Assert.Empty(OnDisk(box));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task What_a_dead_process_has_kept_the_next_one_books_once()
    {
        await using var box = await BrokenAsync();
        _ = box.SettleAsync("r1", 20);
        await Eventually.TrueAsync(() => box.Spool.Kept == 1, "the spool keeps what the database does not take");
        box.Writer.Abandon();
        box.Spool.Close();
        await using var next = box.OpenBeside();
        Assert.Equal(1, await next.Replay.ReplayAsync(Cancel));
        Assert.Equal(0, await next.Replay.ReplayAsync(Cancel));
        Assert.Equal("80|0", next.Table.Rows("SELECT balance, held FROM accounts"));
        Assert.Equal("reported|20", next.Table.Rows("SELECT usage_source, tokens_used FROM token_transactions WHERE entry = 'usage'"));
        Assert.Empty(Files(box));
        await next.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_living_process_keeps_its_own_and_its_neighbours_replay_nothing()
    {
        await using var box = await BrokenAsync();
        var settling = box.SettleAsync("r1", 20);
        await Eventually.TrueAsync(() => box.Spool.Kept == 1, "the spool keeps what the database does not take");
        await using var neighbour = box.OpenBeside();
        Assert.Equal(0, await neighbour.Replay.ReplayAsync(Cancel));
        Assert.Single(Files(box));
        Faults(box).IsDown = false;
        await settling;
        Assert.Equal(1, box.Table.Number("SELECT count(*) FROM token_transactions WHERE entry = 'usage'"));
    }

    [Fact]
    public async Task Two_processes_that_find_the_same_leftovers_book_each_once()
    {
        await using var box = await BrokenAsync(holds: 50);
        for (var i = 1; i <= 50; i++)
            _ = box.SettleAsync($"r{i}", 1);
        await Eventually.TrueAsync(() => box.Spool.Kept == 50, "the spool keeps what the database does not take");
        box.Writer.Abandon();
        box.Spool.Close();
        await using var one = box.OpenBeside();
        await using var two = box.OpenBeside();
        var replayed = await Task.WhenAll(Task.Run(() => one.Replay.ReplayAsync(Cancel)), Task.Run(() => two.Replay.ReplayAsync(Cancel)));
        Assert.Equal(50, replayed.Sum());
        Assert.Equal("50|50", one.Table.Rows("SELECT count(*), sum(tokens_used) FROM token_transactions WHERE entry = 'usage'"));
        await one.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_charge_that_was_presumed_meanwhile_is_corrected_by_what_was_kept()
    {
        await using var box = await BrokenAsync();
        await using var neighbour = box.OpenBeside();
        await neighbour.DispatchAsync("r1");
        _ = box.SettleAsync("r1", 20);
        await Eventually.TrueAsync(() => box.Spool.Kept == 1, "the spool keeps what the database does not take");
        box.Clock.Advance(LedgerOptions.DefaultHoldExpiry + TimeSpan.FromSeconds(1));
        await neighbour.Sweeper.SweepAsync(Cancel);
        Assert.Equal(50, neighbour.Table.Number("SELECT balance FROM accounts"));
        box.Writer.Abandon();
        box.Spool.Close();
        await neighbour.Replay.ReplayAsync(Cancel);
        Assert.Equal(80, neighbour.Table.Number("SELECT balance FROM accounts"));
        await neighbour.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_failed_call_whose_release_came_too_late_gets_its_presumed_charge_back()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        await box.HoldAsync(50, "r1");
        await box.DispatchAsync("r1");
        box.Clock.Advance(LedgerOptions.DefaultHoldExpiry + TimeSpan.FromSeconds(1));
        await box.Sweeper.SweepAsync(Cancel);
        Assert.Equal(new ReleaseAnswer(ReleaseOutcome.Corrected, new Standing(100, 0, 100)), await box.ReleaseAsync("r1"));
        Assert.Equal(ReleaseOutcome.AlreadyClosed, (await box.ReleaseAsync("r1")).Outcome);
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task Releases_and_work_that_goes_on_and_outside_usage_are_kept_too()
    {
        await using var box = await BrokenAsync(holds: 2);
        _ = box.ReleaseAsync("r1");
        _ = box.Books.DeferAsync(new HoldId(User, "r2"), [Note with { State = ObjectState.Deferred, RouteId = "responses", Path = "/v1/responses/resp_1" }], Cancel);
        _ = box.Books.ChargeSurelyAsync(new ExternalUsage(User, "chat", "ext", Charge(7), """{"a":"b"}"""), Cancel);
        await Eventually.TrueAsync(() => box.Spool.Kept == 3, "the spool keeps what the database does not take");
        box.Writer.Abandon();
        box.Spool.Close();
        await using var next = box.OpenBeside();
        Assert.Equal(3, await next.Replay.ReplayAsync(Cancel));
        Assert.Equal("r1|3\nr2|0", next.Table.Rows("SELECT request_id, state FROM token_holds ORDER BY 1"));
        Assert.Equal("resp_1|r2|1", next.Table.Rows("SELECT object_id, request_id, state FROM provider_objects"));
        Assert.Equal("ext|7|{\"a\":\"b\"}", next.Table.Rows("SELECT source_key, tokens_used, metadata FROM token_transactions WHERE entry = 'usage'"));
        await next.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task A_ledger_that_does_not_answer_at_all_is_not_waited_for()
    {
        await using var box = await LedgerBox.OpenAsync(store => new FaultyStore(store));
        await box.GrantAsync(100, "g");
        await box.HoldAsync(50, "r1");
        box.Spool.Open();
        using var hang = Faults(box).HangAtBegin();
        var settling = box.SettleAsync("r1", 20);
        await Eventually.TrueAsync(() => { box.Spool.KeepSlow(Spool.Patience); return box.Spool.Kept == 1; }, "the spool keeps what the database does not take");
        Assert.False(settling.IsCompleted);
        hang.Dispose();
        Assert.Equal(SettleOutcome.Settled, (await settling).Outcome);
        Assert.Equal(0, box.Spool.Kept);
    }

    [Fact]
    public async Task A_segment_that_is_empty_again_is_written_over_and_holds_nothing_of_before()
    {
        await using var box = await BrokenAsync(holds: 3);
        var first = new[] { box.SettleAsync("r1", 1), box.SettleAsync("r2", 2) };
        await Eventually.TrueAsync(() => box.Spool.Kept == 2, "the spool keeps what the database does not take");
        Faults(box).IsDown = false;
        await Task.WhenAll(first);
        Faults(box).IsDown = true;
        _ = box.SettleAsync("r3", 3);
        await Eventually.TrueAsync(() => box.Spool.Kept == 1, "the spool keeps what the database does not take");
        Assert.Equal("r3", Assert.Single(OnDisk(box)).Hold?.RequestId);
        Assert.Single(Files(box));
        Faults(box).IsDown = false;
    }

    [Fact]
    public async Task A_spool_that_is_full_refuses_by_name_and_the_charge_lives_on_in_memory()
    {
        await using var box = await BrokenAsync(holds: 3, megabytes: 1);
        var long1 = box.Books.ChargeSurelyAsync(new ExternalUsage(User, "chat", "e1", Charge(1), new string('x', 600_000)), Cancel);
        await Eventually.TrueAsync(() => box.Spool.Kept == 1, "the spool keeps what the database does not take");
        var long2 = box.Books.ChargeSurelyAsync(new ExternalUsage(User, "chat", "e2", Charge(1), new string('y', 600_000)), Cancel);
        var settling = box.SettleAsync("r1", 20);
        await Eventually.TrueAsync(() => box.Spool.Kept == 2, "the spool keeps what the database does not take");
        Assert.Equal(["r1", "e1"], OnDisk(box).Select(move => move.Hold?.RequestId ?? move.Use?.SourceKey).Order(StringComparer.Ordinal).Reverse());
        Faults(box).IsDown = false;
        Assert.All(await Task.WhenAll(long1, long2, settling), answer => Assert.Equal(SettleOutcome.Settled, answer.Outcome));
    }

    [Fact]
    public async Task A_spool_without_a_place_costs_only_its_help()
    {
        await using var box = await LedgerBox.OpenAsync(store => new FaultyStore(store));
        await File.WriteAllTextAsync(box.Options.SpoolFolder, "a file stands where the folder would be", Cancel);
        await box.GrantAsync(100, "g");
        await box.HoldAsync(50, "r1");
        box.Spool.Open();
        Faults(box).IsDown = true;
        var settling = box.SettleAsync("r1", 20);
        await Eventually.TrueAsync(() => Faults(box).Refused > 1, "the batches were refused");
        Faults(box).IsDown = false;
        Assert.Equal(SettleOutcome.Settled, (await settling).Outcome);
    }

    [Fact]
    public async Task What_the_ledger_does_not_know_is_set_aside_for_somebody_to_look_at()
    {
        await using var box = await BrokenAsync();
        _ = box.SettleAsync("r1", 20);
        _ = box.SettleAsync("never held", 20);
        await Eventually.TrueAsync(() => box.Spool.Kept == 2, "the spool keeps what the database does not take");
        box.Writer.Abandon();
        box.Spool.Close();
        await using var next = box.OpenBeside();
        Assert.Equal(2, await next.Replay.ReplayAsync(Cancel));
        Assert.EndsWith(LocalSpoolDisk.AsideExtension, Assert.Single(Files(box)), StringComparison.Ordinal);
        Assert.Equal(80, next.Table.Number("SELECT balance FROM accounts"));
        Assert.Equal(0, await next.Replay.ReplayAsync(Cancel));
    }

    [Fact]
    public async Task A_replay_that_the_ledger_refuses_is_tried_again()
    {
        await using var box = await BrokenAsync();
        _ = box.SettleAsync("r1", 20);
        await Eventually.TrueAsync(() => box.Spool.Kept == 1, "the spool keeps what the database does not take");
        box.Writer.Abandon();
        box.Spool.Close();
        await using var next = box.OpenBeside(store => new FaultyStore(store) { IsDown = true });
        Assert.Equal(0, await next.Replay.ReplayAsync(Cancel));
        Faults(next).IsDown = false;
        Assert.Equal(1, await next.Replay.ReplayAsync(Cancel));
        Assert.Equal(80, next.Table.Number("SELECT balance FROM accounts"));
    }

    /// <returns>A box whose database is down, with holds of 50 tokens named r1, r2, …</returns>
    private static async Task<LedgerBox> BrokenAsync(int holds = 1, int? megabytes = null)
    {
        var box = await LedgerBox.OpenAsync(store => new FaultyStore(store), options => options with { SpoolMaxMegabytes = megabytes ?? options.SpoolMaxMegabytes });
        await box.GrantAsync(Math.Max(100, holds * 50), "g");
        for (var i = 1; i <= holds; i++)
            await box.HoldAsync(50, $"r{i}");
        box.Spool.Open();
        Faults(box).IsDown = true;
        return box;
    }

    private static FaultyStore Faults(LedgerBox box) => Assert.IsType<FaultyStore>(box.Store);

    private static string[] Files(LedgerBox box) => Directory.GetFiles(box.Options.SpoolFolder);

    private static IReadOnlyList<SpooledMove> OnDisk(LedgerBox box) => [.. box.Disk.Made.SelectMany(segment => SpoolText.Read(segment.ReadAll()).Moves)];
}
