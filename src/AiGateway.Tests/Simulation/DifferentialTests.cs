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
            using var world = new World(seed) { Played = [] };
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
        var ids = new Dictionary<long, long>();
        foreach (var (user, account) in world.Tables.Accounts)
        {
            var found = await transaction.AccountAsync(user, Cancel);
            ids[account.Id] = found?.Id ?? 0;
            Examiner.Same("account", account, found is null ? null : found with { Id = account.Id }, $"{user}");
        }
        foreach (var (key, hold) in world.Tables.Holds)
            Examiner.Same("hold", hold with { AccountId = ids[key.Account] }, await transaction.HoldAsync(ids[key.Account], key.Request, Cancel), $"{key}");
        var lots = new Dictionary<long, long> { [0] = 0 };
        foreach (var lot in world.Tables.LotsByKey.Values)
        {
            var key = Renamed(lot.SourceKey, lot.AccountId, ids) ?? "";
            var found = await transaction.LotAsync(key, Cancel);
            lots[lot.Id] = found?.Id ?? 0;
            Examiner.Same("lot", lot with { Id = lots[lot.Id], AccountId = ids[lot.AccountId], SourceKey = key }, found, $"{key}");
        }
        foreach (var row in world.Tables.SourceKeys.Values)
            Examiner.Same("source key", row with { AccountId = ids[row.AccountId], LotId = lots[row.LotId] }, await transaction.SourceKeyAsync(row.SourceKey, Cancel), $"{row.SourceKey}");
        await CompareEntriesAsync(world.Tables, store, ids);
        await CompareDaysAsync(world.Tables, store);
    }

    /// <summary>A database numbers accounts and lots as it likes; the key of what a presumption gives back has the account's number in it.</summary>
    private static string? Renamed(string? key, long account, Dictionary<long, long> ids) => key?.Replace($"correction:{account}:", $"correction:{ids[account]}:", StringComparison.Ordinal);

    private static async Task CompareEntriesAsync(MemoryTables tables, LedgerStore store, Dictionary<long, long> ids)
    {
        var found = await ReadAsync(store,
            """
            SELECT user_id, seq, entry, action_type, tokens_used, tokens_remaining, cost_nano_usd, openai_model, prompt_tokens, completion_tokens,
            usage_source, request_id, source_key, price_version FROM token_transactions
            """);
        var expected = tables.Entries.SelectMany(account => account.Value).Select(row => Line(
            [row.UserId, row.Seq, row.Entry, row.ActionType, row.TokensUsed, row.TokensRemaining, row.CostNanoUsd, row.OpenAiModel, row.PromptTokens,
             row.CompletionTokens, row.UsageSource, row.RequestId, Renamed(row.SourceKey, row.AccountId, ids), row.PriceVersion]));
        Assert.Equal(expected.Order(StringComparer.Ordinal), found);
    }

    private static async Task CompareDaysAsync(MemoryTables tables, LedgerStore store)
    {
        var found = await ReadAsync(store,
            "SELECT u.day, a.user_id, u.action_type, u.model, u.calls, u.tokens, u.cost_nano_usd, u.prompt_tokens, u.completion_tokens FROM usage_daily u JOIN accounts a ON a.id = u.account_id");
        var expected = tables.Usage.Values.Select(row => Line(
            [row.Day, tables.Users[row.AccountId], row.ActionType, row.Model, row.Calls, row.Tokens, row.CostNanoUsd, row.PromptTokens, row.CompletionTokens]));
        Assert.Equal(expected.Order(StringComparer.Ordinal), found);
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(LedgerStore store, string sql)
    {
        await using var snapshot = await store.ReadSnapshotAsync(Cancel);
        await using var command = snapshot.Command(sql);
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel))
            lines.Add(Line(Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? null : reader.GetValue(column))));
        lines.Sort(StringComparer.Ordinal);
        return lines;
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
