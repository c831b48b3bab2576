using System.Globalization;
using AiGateway.Ledger;
using AiGateway.Storage;
using AiGateway.Storage.Tables;

namespace AiGateway.Tests.Ledger;

/// <summary>
/// The connection, or the whole process, is lost at COMMIT, again and again, before and after it took effect, under load on a real database:
/// what was acknowledged is there, and nothing is there twice.
/// </summary>
public sealed class CutCommitTests
{
    private const string CutsVariable = "AIGATEWAY_CUT_COMMITS";
    private const int Users = 4, Callers = 12;
    private static readonly TimeSpan HoldExpiry = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task Whatever_is_lost_at_a_commit_nothing_acknowledged_is_lost_and_nothing_is_booked_twice()
    {
        var cuts = int.TryParse(Environment.GetEnvironmentVariable(CutsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 60;
        await using var box = await LedgerBox.OpenAsync();
        for (var user = 0; user < Users; user++)
            await box.GrantAsync(1_000_000_000, $"grant {user}", user: $"user {user}");
        var (chance, load) = (new Random(20_260_310), new Load());
        for (var cut = 0; cut < cuts; cut++)
            await CutAsync(box, load, (Cut)(cut % 4), chance.Next(1, 6), chance.Next(1, 40));
        await EndAsync(box, load);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{cuts} commits cut off, {load.Settled.Count} charges and {load.Granted.Count} grants acknowledged: 0 lost, 0 doubled");
    }

    private enum Cut { ConnectionBefore, ConnectionAfter, ProcessBefore, ProcessAfter }

    /// <summary>What was acknowledged, by whichever process.</summary>
    private sealed class Load
    {
        private int _number;

        public List<(HoldId Hold, long Tokens)> Settled { get; } = [];
        public List<string> Granted { get; } = [];

        public int Next() => Interlocked.Increment(ref _number);
    }

    /// <summary>One process, some load, and one commit of it that is cut off.</summary>
    private static async Task CutAsync(LedgerBox box, Load load, Cut cut, int commitsBefore, int movesAtMost)
    {
        CutStore? store = null;
        var process = box.OpenBeside(inner => store = new CutStore(inner, cut, commitsBefore));
        var cutOff = store ?? throw new InvalidOperationException("There is no store.");
        var callers = Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => CallAsync(process, load, caller, movesAtMost, cutOff)));
        await Task.WhenAny(cutOff.Happened, callers);
        // The load may have shared fewer commits than the cut waits for.
        while (!cutOff.Happened.IsCompleted)
            await Task.WhenAny(cutOff.Happened, process.Writer.SendAsync(new OpenCommand($"extra {load.Next()}")));
        if (!cutOff.IsDead)
        {
            await callers;
            await process.DisposeAsync();
            return;
        }
        // Dead: nothing is said to anybody any more, and what the spool had not written is gone.
        process.Writer.Abandon();
        await process.Writer.DisposeAsync();
        await cutOff.Died.CancelAsync();
        await callers;
    }

    private static async Task CallAsync(LedgerBox process, Load load, int caller, int moves, CutStore store)
    {
        for (var move = 0; move < moves && !store.IsDead; move++)
        {
            var number = load.Next();
            var hold = new HoldId($"user {caller % Users}", $"r{number}");
            var tokens = number % 97;
            try
            {
                if (number % 10 == 0)
                    await GrantAsync(process, load, hold.UserId, number, store);
                var held = await process.Books.HoldAsync(new HoldRequest(hold, 100, new PresumedUse(10, 20, 0, 0, null), "chat", "gpt", null, null, GoesUpAtOnce: true), store.Died.Token);
                Assert.Equal(HoldOutcome.Held, held.Outcome);
                await process.Books.SettleAsync(hold, LedgerBox.Charge(tokens), store.Died.Token);
                lock (load)
                    load.Settled.Add((hold, tokens));
            }
            catch (Exception refused) when (refused is LedgerUnavailableException or OperationCanceledException)
            {
                // Refused, or dead: what was held all the same runs out.
            }
        }
    }

    private static async Task GrantAsync(LedgerBox process, Load load, string user, int number, CutStore store)
    {
        await process.Books.GrantAsync(new GrantRequest(user, number, LotKind.Pack, "token_pack", $"g{number}"), store.Died.Token);
        lock (load)
            load.Granted.Add($"g{number}");
    }

    private static async Task EndAsync(LedgerBox box, Load load)
    {
        await using var last = box.OpenBeside();
        await last.Replay.ReplayAsync(LedgerBox.Cancel);
        last.Clock.Advance(HoldExpiry + HoldExpiry);
        await last.Sweeper.SweepAsync(LedgerBox.Cancel);
        Assert.Equal(0, box.Table.Number("SELECT sum(held) FROM accounts"));
        Assert.Equal(0, box.Table.Number("SELECT count(*) FROM (SELECT request_id FROM token_transactions WHERE entry = 'usage' GROUP BY request_id HAVING count(*) > 1)"));
        var charged = box.Table.Rows("SELECT request_id, charged FROM token_holds WHERE state = 2").Split('\n').ToHashSet();
        Assert.DoesNotContain(load.Settled, settled => !charged.Contains($"{settled.Hold.RequestId}|{settled.Tokens}"));
        var keys = box.Table.Rows("SELECT source_key FROM token_lots").Split('\n').ToHashSet();
        Assert.DoesNotContain(load.Granted, key => !keys.Contains(key));
        await last.AssertBalancedAsync();
    }

    /// <summary>A store that loses its connection, or its process, at one commit.</summary>
    private sealed class CutStore(LedgerStore inner, Cut cut, int commitsBefore) : LedgerStore
    {
        private readonly TaskCompletionSource _happened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _commits;

        public Task Happened => _happened.Task;
        /// <summary>Ends whoever still waits for the process.</summary>
        public CancellationTokenSource Died { get; } = new();
        public bool IsDead => cut is Cut.ProcessBefore or Cut.ProcessAfter && Happened.IsCompleted;
        public override int BatchCap => 16;

        public override async ValueTask<LedgerTransaction> BeginAsync(int patienceMs, CancellationToken cancel) => new Transaction(this, await inner.BeginAsync(patienceMs, cancel));
        public override Task<DueWork> FindDueAsync(long nowMs, int limit, CancellationToken cancel) => inner.FindDueAsync(nowMs, limit, cancel);
        public override Task<ReadSnapshot> ReadSnapshotAsync(CancellationToken cancel) => inner.ReadSnapshotAsync(cancel);
        public override string DayOfSql(string column) => inner.DayOfSql(column);
        public override ValueTask DisposeAsync() => inner.DisposeAsync();

        private async ValueTask CommitAsync(LedgerTransaction transaction, CancellationToken cancel)
        {
            if (++_commits != commitsBefore)
            {
                await transaction.CommitAsync(cancel);
                return;
            }
            if (cut is Cut.ConnectionAfter or Cut.ProcessAfter)
                await transaction.CommitAsync(cancel);
            else
                // The database undoes what a lost connection had not committed.
                await transaction.DisposeAsync();
            _happened.SetResult();
            if (cut is Cut.ProcessBefore or Cut.ProcessAfter)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            throw new StoreUnavailableException("cut off at the commit") { CommitIsUnknown = true };
        }

        private sealed class Transaction(CutStore store, LedgerTransaction inner) : LedgerTransaction
        {
            public override ValueTask PrefetchAsync(LedgerNeeds needs, CancellationToken cancel) => inner.PrefetchAsync(needs, cancel);
            public override ValueTask<AccountRow?> AccountAsync(string userId, CancellationToken cancel) => inner.AccountAsync(userId, cancel);
            public override ValueTask<AccountRow?> AccountAsync(long accountId, CancellationToken cancel) => inner.AccountAsync(accountId, cancel);
            public override ValueTask<TokenHoldRow?> HoldAsync(long accountId, string requestId, CancellationToken cancel) => inner.HoldAsync(accountId, requestId, cancel);
            public override ValueTask<SourceKeyRow?> SourceKeyAsync(string sourceKey, CancellationToken cancel) => inner.SourceKeyAsync(sourceKey, cancel);
            public override ValueTask<TokenLotRow?> LotAsync(string sourceKey, CancellationToken cancel) => inner.LotAsync(sourceKey, cancel);
            public override ValueTask<IReadOnlyList<TokenLotRow>> LotsAsync(long accountId, CancellationToken cancel) => inner.LotsAsync(accountId, cancel);
            public override ValueTask<long> NextAccountIdAsync(CancellationToken cancel) => inner.NextAccountIdAsync(cancel);
            public override ValueTask<long> NextLotIdAsync(CancellationToken cancel) => inner.NextLotIdAsync(cancel);
            public override ValueTask WriteAsync(LedgerChanges changes, CancellationToken cancel) => inner.WriteAsync(changes, cancel);
            public override ValueTask CommitAsync(CancellationToken cancel) => store.CommitAsync(inner, cancel);
            public override ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
