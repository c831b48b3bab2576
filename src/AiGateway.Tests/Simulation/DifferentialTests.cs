using System.Globalization;
using AiGateway.Ledger;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Simulation;

/// <summary>
/// What took effect in a simulated world is played again, transaction by transaction, on a real database: every answer must be the model's, and every row
/// the one in memory. One subclass a database.
/// </summary>
public abstract class DifferentialTests
{
    private const string Seeds = "AIGATEWAY_DIFFERENTIAL_SEEDS", Operations = "AIGATEWAY_DIFFERENTIAL_OPERATIONS";

    /// <summary>An empty database with its schema.</summary>
    private protected abstract Task<DifferentialDatabase> OpenAsync();

    [Fact]
    public async Task A_database_gives_the_models_answers_and_keeps_the_same_rows()
    {
        var (seeds, operations) = (Setting(Seeds, 3), Setting(Operations, 800));
        for (var seed = 0; seed < seeds; seed++)
        {
            var world = new World(seed) { Played = [] };
            world.Play(operations);
            await using var database = await OpenAsync();
            try
            {
                await PlayAsync(world, database.Store);
                await CompareAsync(world, database.Store);
                Assert.Empty(await new LedgerAudit(database.Store, new FixedClock { NowMs = world.Time.NowMs }).RunAsync(atRest: true, Cancel));
            }
            catch (Exception difference)
            {
                throw new InvalidOperationException($"Seed {seed} of {operations} operations: {difference.Message}", difference);
            }
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task PlayAsync(World world, LedgerStore store)
    {
        var clock = new FixedClock();
        var writer = new LedgerWriter(store, new LedgerOptions { HoldExpiry = TimeSpan.FromMilliseconds(World.HoldExpiryMs) }, clock, NullLogger<LedgerWriter>.Instance);
        foreach (var batch in world.Played ?? [])
        {
            clock.NowMs = batch.NowMs;
            var moves = batch.Commands.Select(command => new Move(command)).ToList();
            await writer.WriteAsync(moves, Cancel);
            for (var i = 0; i < moves.Count; i++)
                Examiner.Same("answer", batch.Answers[i], moves[i].Told, $"{moves[i].Command}");
        }
    }

    private static async Task CompareAsync(World world, LedgerStore store)
    {
        await using var transaction = await store.BeginAsync(patienceMs: 5_000, Cancel);
        await transaction.PrefetchAsync(new LedgerNeeds(
            world.Tables.Accounts.Keys.ToDictionary(user => user, _ => true), [.. world.Tables.Holds.Keys.Select(hold => (world.Tables.Users[hold.Account], hold.Request))],
            world.Tables.SourceKeys.Keys, world.Tables.LotsByKey.Keys, long.MaxValue), Cancel);
        foreach (var (user, account) in world.Tables.Accounts)
            Examiner.Same("account", account, await transaction.AccountAsync(user, Cancel), $"{user}");
        foreach (var (key, hold) in world.Tables.Holds)
            Examiner.Same("hold", hold, await transaction.HoldAsync(key.Account, key.Request, Cancel), $"{key}");
        foreach (var (key, lot) in world.Tables.LotsByKey)
            Examiner.Same("lot", lot, await transaction.LotAsync(key, Cancel), $"{key}");
        foreach (var (key, row) in world.Tables.SourceKeys)
            Examiner.Same("source key", row, await transaction.SourceKeyAsync(key, Cancel), $"{key}");
        await CompareEntriesAsync(world.Tables, store);
        await CompareDaysAsync(world.Tables, store);
    }

    private static async Task CompareEntriesAsync(MemoryTables tables, LedgerStore store)
    {
        await using var snapshot = await store.ReadSnapshotAsync(Cancel);
        await using var command = snapshot.Command(
            """
            SELECT account_id, seq, user_id, entry, action_type, tokens_used, tokens_remaining, cost_nano_usd, openai_model, prompt_tokens, completion_tokens,
            usage_source, request_id, source_key, price_version FROM token_transactions ORDER BY account_id, seq
            """);
        var found = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(Cancel))
            while (await reader.ReadAsync(Cancel))
                found.Add(Line(Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? null : reader.GetValue(column))));
        var expected = tables.Entries.OrderBy(account => account.Key).SelectMany(account => account.Value).Select(row => Line(
            [row.AccountId, row.Seq, row.UserId, row.Entry, row.ActionType, row.TokensUsed, row.TokensRemaining, row.CostNanoUsd, row.OpenAiModel, row.PromptTokens,
             row.CompletionTokens, row.UsageSource, row.RequestId, row.SourceKey, row.PriceVersion])).ToList();
        Assert.Equal(expected, found);
    }

    private static async Task CompareDaysAsync(MemoryTables tables, LedgerStore store)
    {
        await using var snapshot = await store.ReadSnapshotAsync(Cancel);
        await using var command = snapshot.Command("SELECT day, account_id, action_type, model, calls, tokens, cost_nano_usd, prompt_tokens, completion_tokens FROM usage_daily");
        var found = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(Cancel))
            while (await reader.ReadAsync(Cancel))
                found.Add(Line(Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        var expected = tables.Usage.Values.Select(row => Line(
            [row.Day, row.AccountId, row.ActionType, row.Model, row.Calls, row.Tokens, row.CostNanoUsd, row.PromptTokens, row.CompletionTokens]));
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static string Line(IEnumerable<object?> values) => string.Join('|', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : otherwise;

    private sealed class FixedClock : TimeProvider
    {
        public long NowMs { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);
    }

    private sealed class Move(LedgerCommand command) : QueuedMove(command)
    {
        public object? Told { get; private set; }

        public override void Complete() => Told = Error?.GetType() ?? (Answer is GrantAnswer grant ? grant with { LotId = 0 } : Answer);

        public override void Fail(Exception reason) => Told = reason;
    }
}

/// <summary>A store, and what goes with it when it is done with.</summary>
internal sealed class DifferentialDatabase(LedgerStore store, Func<ValueTask> dispose) : IAsyncDisposable
{
    public LedgerStore Store => store;

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await dispose();
    }
}

/// <summary>On the embedded database.</summary>
public sealed class SqliteDifferentialTests : DifferentialTests
{
    private protected override async Task<DifferentialDatabase> OpenAsync()
    {
        var box = await Ledger.LedgerBox.OpenAsync();
        return new DifferentialDatabase(new SqliteLedgerStore(box.Options.ConnectionString), box.DisposeAsync);
    }
}
