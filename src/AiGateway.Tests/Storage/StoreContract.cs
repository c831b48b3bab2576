using System.Globalization;
using AiGateway.Ledger;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using AiGateway.Tests.Ledger;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Tests.Storage;

/// <summary>What the ledger's moves must come to on every database. One subclass a database.</summary>
public abstract partial class StoreContract
{
    private const string User = LedgerBox.User;

    private static CancellationToken Cancel => LedgerBox.Cancel;

    /// <summary>How to reach an empty database; a skip where there is none. The path is that of a migrated SQLite file.</summary>
    private protected abstract Task<Func<string, TestDatabase>> DatabaseAsync();

    private protected async Task<LedgerBox> OpenAsync(Func<LedgerStore, LedgerStore>? wrap = null) => await LedgerBox.OpenAsync(wrap, database: await DatabaseAsync());

    [Fact]
    public async Task A_call_is_held_dispatched_and_charged()
    {
        await using var box = await OpenAsync();
        await box.GrantAsync(1_000, "g");
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(400, "r")).Outcome);
        Assert.Equal(HoldOutcome.HeldByOthers, (await box.HoldAsync(700, "s")).Outcome);
        await box.DispatchAsync("r");
        Assert.Equal(700, (await box.SettleAsync("r", 300, cost: 1_234_567)).Standing.Balance);
        await using var db = box.Database.Contexts.CreateDbContext();
        var rows = await db.TokenTransactions.OrderBy(row => row.Seq).ToListAsync(Cancel);
        Assert.Equal(["grant|-1000|1000|0", "usage|300|700|1234567"], rows.Select(row => $"{row.Entry}|{row.TokensUsed}|{row.TokensRemaining}|{row.CostNanoUsd}"));
        Assert.Equal((0.001235m, LedgerBox.Start.UtcDateTime), (rows[1].EstimatedCostUsd, rows[1].CreatedAt));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task Every_kind_of_move_leaves_books_that_balance()
    {
        await using var box = await OpenAsync();
        await box.GrantAsync(100, "trial", LotKind.Trial, expires: box.Clock.GetUtcNow().AddDays(1));
        await box.GrantAsync(500, "sub", LotKind.Subscription, expires: box.Clock.GetUtcNow().AddDays(30));
        await box.GrantAsync(1_000, "pack");
        await box.UseAsync(250, "a");
        Assert.Equal(RemovalOutcome.Removed, (await box.Books.RemoveAsync(new RemovalRequest(User, 50, "adjustment", "rm", """{"why":"x"}"""), Cancel)).Outcome);
        Assert.Equal(RemovalOutcome.Removed, (await box.Books.ClawBackAsync(new ClawbackRequest("pack", 200, "refund", "cb"), Cancel)).Outcome);
        Assert.True(await box.Books.EndLotAsync("sub", Cancel));
        await box.Books.ChargeExternalAsync(new ExternalUsage(User, "batch", "ext", LedgerBox.Charge(70, 7), null), Cancel);
        await box.HoldAsync(100, "released");
        await box.ReleaseAsync("released");
        await box.HoldAsync(100, "late");
        await box.DispatchAsync("late");
        Assert.True(await box.Books.RenewAsync(new HoldId(User, "late"), Cancel));
        await box.Writer.SendAsync(new CheckpointCommand(new HoldId(User, "late"), 40));
        box.Clock.Advance(TimeSpan.FromDays(2));
        Assert.True(await box.Sweeper.SweepAsync(Cancel) > 0);
        Assert.Equal(SettleOutcome.Corrected, (await box.SettleAsync("late", 60)).Outcome);
        await box.Books.SetStatusAsync(User, AccountStatus.Suspended, Cancel);
        Assert.Equal(HoldOutcome.Suspended, (await box.HoldAsync(1, "refused")).Outcome);
        await box.Books.ImportAsync(new ImportRequest("old", "past", 5, [new ImportedRow(null, "k", "grant", "token_pack", -9, 0, null, 0, 0, null, box.Clock.GetUtcNow().AddDays(-9).ToUnixTimeMilliseconds())]), Cancel);
        Assert.Equal(14, (await box.Books.OpenAsync("old", Cancel)).Balance);
        await box.AssertBalancedAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(512)]
    public async Task A_batch_of_holds_is_one_transaction(int size)
    {
        await using var box = await OpenAsync();
        for (var user = 0; user < 8; user++)
            await box.GrantAsync(100_000, $"g{user}", user: $"user-{user}");
        await HoldAsync(box, size);
        await using var db = box.Database.Contexts.CreateDbContext();
        Assert.Equal((size, size * 10L), (await db.TokenHolds.CountAsync(Cancel), await db.Accounts.SumAsync(account => account.Held, Cancel)));
        await box.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task Two_writers_never_grant_more_than_there_is()
    {
        await using var box = await OpenAsync();
        await using var other = box.OpenBeside();
        await box.GrantAsync(100, "g");
        var tries = await Task.WhenAll(Enumerable.Range(0, 150).Select(i => (i % 2 == 0 ? box : other).HoldAsync(1, $"r{i}")));
        Assert.Equal(100, tries.Count(answer => answer.Outcome == HoldOutcome.Held));
        await box.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task Two_writers_keep_the_hourly_limit()
    {
        await using var box = await OpenAsync();
        await using var other = box.OpenBeside();
        await box.GrantAsync(10_000, "g");
        var limit = new CallLimit(20, 3_600_000);
        var tries = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? box : other).HoldAsync(1, $"r{i}", limit)));
        Assert.Equal((20, 40), (tries.Count(answer => answer.Outcome == HoldOutcome.Held), tries.Count(answer => answer.Outcome == HoldOutcome.RateLimited)));
    }

    [Fact]
    public async Task Two_writers_that_meet_a_new_user_make_one_account()
    {
        await using var box = await OpenAsync();
        await using var other = box.OpenBeside();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? box : other).GrantAsync(10, $"g{i}", user: $"new-{i / 4}")));
        await using var db = box.Database.Contexts.CreateDbContext();
        Assert.Equal((10, 40, 400L), (await db.Accounts.CountAsync(Cancel), await db.TokenLots.CountAsync(Cancel), await db.Accounts.SumAsync(account => account.Balance, Cancel)));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task What_is_asked_twice_is_done_once()
    {
        await using var box = await OpenAsync();
        await box.GrantAsync(100, "g");
        Assert.Equal(GrantOutcome.AlreadyGranted, (await box.GrantAsync(100, "g")).Outcome);
        Assert.Equal(GrantOutcome.Conflict, (await box.GrantAsync(200, "g")).Outcome);
        Assert.Equal(GrantOutcome.Conflict, (await box.GrantAsync(100, "g", user: "ben")).Outcome);
        await box.UseAsync(10, "r");
        Assert.Equal(SettleOutcome.AlreadySettled, (await box.SettleAsync("r", 10)).Outcome);
        Assert.Equal(HoldOutcome.AlreadyHeld, (await box.HoldAsync(10, "r")).Outcome);
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_happened_once()
    {
        FaultyStore? faults = null;
        await using var box = await OpenAsync(inner => faults = new FaultyStore(inner));
        await box.GrantAsync(100, "g");
        Assert.NotNull(faults);
        faults.LoseNextAnswer = true;
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(10, "r")).Outcome);
        faults.LoseNextAnswer = true;
        Assert.Contains((await box.SettleAsync("r", 10)).Outcome, new[] { SettleOutcome.Settled, SettleOutcome.AlreadySettled });
        await using var db = box.Database.Contexts.CreateDbContext();
        Assert.Equal(1, await db.TokenTransactions.CountAsync(row => row.Entry == "usage", Cancel));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task What_was_not_committed_is_not_there()
    {
        await using var box = await OpenAsync();
        await box.GrantAsync(100, "g");
        await using var store = box.Database.OpenStore();
        await using (var transaction = await store.BeginAsync(800, Cancel))
        {
            await transaction.PrefetchAsync(LedgerBatch.NeedsOf([Hold(User, "r", 10)], 0), Cancel);
            var account = Assert.IsType<AccountRow>(await transaction.AccountAsync(User, Cancel));
            await transaction.WriteAsync(new LedgerChanges([], [account with { Held = 50 }], [], [], [], [], [], [], [], []), Cancel);
        }
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(100, "all")).Outcome);
        await box.AssertBalancedAsync(atRest: false);
    }

    [Fact]
    public async Task Names_that_differ_in_case_alone_are_two()
    {
        await using var box = await OpenAsync();
        await box.GrantAsync(100, "evt_aB", user: "Anna");
        Assert.Equal(GrantOutcome.Granted, (await box.GrantAsync(50, "evt_Ab", user: "anna")).Outcome);
        await using var db = box.Database.Contexts.CreateDbContext();
        Assert.Equal([50, 100], await db.Accounts.OrderBy(account => account.Balance).Select(account => account.Balance).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Models_that_differ_in_a_space_at_their_end_are_one()
    {
        await using var box = await OpenAsync();
        await box.GrantAsync(100, "g");
        for (var call = 0; call < 2; call++)
        {
            await box.HoldAsync(10, $"r{call}");
            await box.Books.SettleAsync(new HoldId(User, $"r{call}"), LedgerBox.Charge(10) with { Model = call == 0 ? "gpt" : "gpt " }, Cancel);
        }
        await using var db = box.Database.Contexts.CreateDbContext();
        Assert.Equal(("gpt", 20L), await db.UsageDaily.Select(day => ValueTuple.Create(day.Model, day.Tokens)).SingleAsync(Cancel));
        await box.AssertBalancedAsync();
    }

    [Fact]
    public async Task Text_of_any_kind_and_length_comes_back_as_it_was()
    {
        await using var box = await OpenAsync();
        const string odd = "O'Brien \"x\" 日本 🙂 [a];--% _\\";
        var metadata = $$"""{"text":"{{new string('é', 20_000)}}"}""";
        await box.GrantAsync(100, odd, user: odd);
        await box.Books.HoldAsync(new HoldRequest(new HoldId(odd, "r"), 10, new PresumedUse(1, 2, 3, 4, "v"), "chat", null, metadata, null), Cancel);
        await using var db = box.Database.Contexts.CreateDbContext();
        var hold = await db.TokenHolds.SingleAsync(Cancel);
        Assert.Equal((metadata, null), (hold.Metadata, hold.Model));
        Assert.Equal(odd, await db.Accounts.Where(account => account.UserId == odd).Select(account => account.UserId).SingleAsync(Cancel));
        Assert.Equal(10, (await box.SettleAsync("r", 10, user: odd)).Charged);
    }

    [Fact]
    public async Task Figures_as_large_as_they_may_be_are_kept()
    {
        await using var box = await OpenAsync();
        const long much = 4_000_000_000_000_000_007;
        await box.GrantAsync(much, "g");
        await box.UseAsync(much - 1, "r");
        await using var db = box.Database.Contexts.CreateDbContext();
        Assert.Equal(1, await db.Accounts.Select(account => account.Balance).SingleAsync(Cancel));
        Assert.Equal(much - 1, await db.UsageDaily.Select(day => day.Tokens).SingleAsync(Cancel));
    }

    [Fact]
    public async Task Notes_on_an_object_add_up_and_take_nothing_back()
    {
        await using var box = await OpenAsync();
        await box.GrantAsync(100, "g");
        await box.HoldAsync(10, "r");
        var id = new HoldId(User, "r");
        var owned = new ObjectNote("openai", "resp_1", ObjectState.Owned);
        await RunAsync(box, [new DeferCommand(id, [owned]), new DeferCommand(id, [owned with { State = ObjectState.Deferred, RouteId = "route", Path = "responses/resp_1", Headers = "A: b" }])]);
        var work = new DeferredWork(box.Database.Connections, box.Options, box.Clock);
        box.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("resp_1", Assert.Single(await work.TakeAsync(10, Cancel)).ObjectId);
        Assert.Empty(await work.TakeAsync(10, Cancel));
        Assert.NotNull(await work.FindAsync("openai", "resp_1", Cancel));
        await box.Books.SettleAsync(id, LedgerBox.Charge(5), Cancel, [owned with { State = ObjectState.Closed }]);
        await box.Books.SettleAsync(id, LedgerBox.Charge(5), Cancel, [owned]);
        await using var db = box.Database.Contexts.CreateDbContext();
        var row = await db.ProviderObjects.SingleAsync(Cancel);
        Assert.Equal((2, "route", "A: b"), (row.State, row.RouteId, row.Headers));
        Assert.True(await work.IsKnownAsync("openai", "resp_1", Cancel));
        Assert.Equal(User, await new AiGateway.Accounts.ObjectOwners(box.Database.Connections).OwnerOfAsync("openai", "resp_1", Cancel));
    }

    [Fact]
    public async Task A_random_history_has_the_answers_and_the_rows_that_it_has_on_the_embedded_database()
    {
        const int seed = 20_260_311, moves = 400;
        await using var here = await OpenAsync();
        await using var there = await LedgerBox.OpenAsync(database: path => new SqliteDatabase(path));
        var (one, two) = (new RandomMoves(seed), new RandomMoves(seed));
        for (var i = 0; i < moves;)
        {
            var size = 1 + i % 7;
            Assert.Equal(Text(await RunAsync(there, two.Take(size))), Text(await RunAsync(here, one.Take(size))));
            i += size;
            var pause = TimeSpan.FromMinutes(i % 5 == 0 ? 30 : 1);
            here.Clock.Advance(pause);
            there.Clock.Advance(pause);
        }
        Assert.Equal(await DumpAsync(there), await DumpAsync(here));
        await here.AssertBalancedAsync(atRest: false);
    }

    /// <summary>One batch of holds of 10 tokens, for eight users who have them.</summary>
    internal static async Task HoldAsync(LedgerBox box, int size)
    {
        var answers = await RunAsync(box, [.. Enumerable.Range(0, size).Select(i => Hold($"user-{i % 8}", $"r{i}", 10))]);
        Assert.All(answers, answer => Assert.Equal(HoldOutcome.Held, ((HoldAnswer)answer).Outcome));
    }

    private static HoldCommand Hold(string user, string request, long amount) =>
        new(new HoldRequest(new HoldId(user, request), amount, new PresumedUse(0, amount, 0, 0, null), "chat", "gpt", null, null));

    /// <summary>One batch, as the writer would run it.</summary>
    private static async Task<object[]> RunAsync(LedgerBox box, IReadOnlyList<LedgerCommand> commands)
    {
        var moves = commands.Select(Move).ToList();
        await box.Writer.WriteAsync([.. moves.Select(move => move.Move)], Cancel);
        return await Task.WhenAll(moves.Select(move => move.Answer));
    }

    private static (QueuedMove Move, Task<object> Answer) Move(LedgerCommand command) => command switch
    {
        LedgerCommand<HoldAnswer> c => Of(c),
        LedgerCommand<SettleAnswer> c => Of(c),
        LedgerCommand<ReleaseAnswer> c => Of(c),
        LedgerCommand<GrantAnswer> c => Of(c),
        LedgerCommand<RemovalAnswer> c => Of(c),
        LedgerCommand<DispatchOutcome> c => Of(c),
        LedgerCommand<ExpireOutcome> c => Of(c),
        LedgerCommand<bool> c => Of(c),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, null),
    };

    private static (QueuedMove, Task<object>) Of<T>(LedgerCommand<T> command) where T : notnull
    {
        var move = new QueuedMove<T>(command, TaskCreationOptions.RunContinuationsAsynchronously);
        return (move, Boxed(move.Task));

        static async Task<object> Boxed(Task<T> task) => await task;
    }

    private static string Text(IEnumerable<object> answers) => string.Join('\n', answers.Select(answer => answer is GrantAnswer grant ? $"{grant with { LotId = 0 }}" : $"{answer}"));

    /// <summary>All rows of the ledger but the numbers that each database gives out in its own way.</summary>
    private static async Task<string> DumpAsync(LedgerBox box)
    {
        await using var db = box.Database.Contexts.CreateDbContext();
        var accounts = await db.Accounts.OrderBy(account => account.UserId).ToListAsync(Cancel);
        var names = accounts.ToDictionary(account => account.Id, account => account.UserId);
        IEnumerable<string> lines =
        [
            .. accounts.Select(account => $"{account with { Id = 0 }}"),
            .. (await db.TokenHolds.ToListAsync(Cancel)).Select(hold => $"{names[hold.AccountId]} {hold with { AccountId = 0 }}").Order(StringComparer.Ordinal),
            .. (await db.TokenLots.OrderBy(lot => lot.SourceKey).ToListAsync(Cancel)).Select(lot => $"{names[lot.AccountId]} {lot with { AccountId = 0, Id = 0 }}"),
            .. (await db.TokenTransactions.OrderBy(row => row.UserId).ThenBy(row => row.Seq).ToListAsync(Cancel)).Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.EstimatedCostUsd:0.000000} {row with { AccountId = 0, Id = Guid.Empty, EstimatedCostUsd = 0 }}")),
            .. (await db.SourceKeys.OrderBy(key => key.SourceKey).ToListAsync(Cancel)).Select(key => $"{names[key.AccountId]} {key with { AccountId = 0, LotId = 0 }}"),
            .. (await db.UsageDaily.ToListAsync(Cancel)).Select(day => $"{names[day.AccountId]} {day with { AccountId = 0 }}").Order(StringComparer.Ordinal),
        ];
        return string.Join('\n', lines);
    }

    /// <summary>Moves as a busy day brings them, the same for the same seed.</summary>
    private sealed class RandomMoves(int seed)
    {
        private readonly Random _chance = new(seed);
        private readonly List<HoldId> _open = [];
        private int _number;

        public IReadOnlyList<LedgerCommand> Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

        private LedgerCommand Next()
        {
            var user = $"user-{_chance.Next(5)}";
            var (kind, number) = (_chance.Next(12), ++_number);
            if (kind < 2)
                return new GrantCommand(new GrantRequest(user, _chance.Next(1, 5_000), (LotKind)_chance.Next(4), "grant", $"g{_chance.Next(1, number + 1)}",
                    _chance.Next(2) == 0 ? null : LedgerBox.Start.AddHours(_chance.Next(1, 60)).ToUnixTimeMilliseconds()));
            if (kind == 2)
                return new RemoveCommand(new RemovalRequest(user, _chance.Next(1, 200), "adjustment", $"rm{number}"));
            if (kind == 3)
                return new ClawBackCommand(new ClawbackRequest($"g{_chance.Next(1, number + 1)}", _chance.Next(1, 500), "refund", $"cb{number}"));
            if (kind == 4)
                return new RunDueCommand(user);
            if (kind < 8 || _open.Count == 0)
            {
                _open.Add(new HoldId(user, string.Create(CultureInfo.InvariantCulture, $"r{number}")));
                return Hold(user, _open[^1].RequestId, _chance.Next(1, 800));
            }
            var hold = _open[_chance.Next(_open.Count)];
            return kind switch
            {
                8 => new DispatchCommand(hold),
                9 => new ReleaseCommand(hold),
                10 => new ExpireHoldCommand(hold),
                _ => new SettleCommand(hold, LedgerBox.Charge(_chance.Next(1, 1_000), _chance.Next(1, 1_000_000))),
            };
        }
    }
}
