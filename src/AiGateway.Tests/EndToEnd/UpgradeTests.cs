using System.Globalization;
using System.Net;
using AiGateway.Hosting;
using AiGateway.Storage;
using AiGateway.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AiGateway.Tests.EndToEnd;

/// <summary>A new version finds the database of an older one, and an old version goes on while a newer one has migrated.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class UpgradeTests(UpgradeTests.OlderRows rows) : IClassFixture<UpgradeTests.OlderRows>
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}""";
    private const string Balance = "SELECT user_id || ' ' || balance || ' ' || held FROM accounts ORDER BY user_id";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A database that a gateway of today has left behind, with a user, a grant and a charge in it.</summary>
    public sealed class OlderRows : IAsyncLifetime
    {
        private readonly TempFolder folder = new();

        internal string Database => folder.File("newer.db");

        internal MadeKey Key { get; private set; } = new("", "");

        public async ValueTask InitializeAsync()
        {
            await using var gateway = await RunningGateway.StartAsync();
            Key = await gateway.NewUserAsync("anna", 100_000);
            (await gateway.Caller(Key).ChatAsync(Ask)).Dispose();
            await gateway.Admin.ChargesAsync("anna", 1);
            await gateway.NothingHeldAsync();
            Assert.Equal(0, await gateway.Process.StopAsync());
            SqliteConnection.ClearAllPools();
            Run(gateway.Database, $"VACUUM INTO '{Database}'");
        }

        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Every schema that a released database may have, but the one of today.</summary>
    public static TheoryData<string> OlderSchemas => [.. Migrations().SkipLast(1)];

    [Theory]
    [MemberData(nameof(OlderSchemas))]
    public async Task Rows_of_an_older_schema_are_the_same_after_it_was_migrated(string schema)
    {
        var before = "";
        await using var gateway = await RunningGateway.StartAsync(prepare: folder =>
        {
            var database = Path.Combine(folder, RunningGateway.DatabaseFile);
            TurnBack(rows.Database, database, schema);
            before = Rows(database);
        });

        Assert.Equal(Migrations()[^1], Texts(gateway.Database, "SELECT max(MigrationId) FROM __EFMigrationsHistory").Single());
        Assert.Equal(before, Rows(gateway.Database));
        (await gateway.Caller(rows.Key).ChatAsync(Ask)).Dispose();
        await gateway.Admin.ChargesAsync("anna", 2);
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task A_program_older_than_the_database_says_so_in_a_sentence_and_leaves_it_alone()
    {
        await using var gateway = await RunningGateway.StartAsync();
        Assert.Equal(0, await gateway.Process.StopAsync());
        Run(gateway.Database, "INSERT INTO __EFMigrationsHistory VALUES ('99990101000000_Later', '11.0')");
        gateway.Process.Launch();
        Assert.Equal(Misconfigured.ExitCode, await gateway.Process.ExitedAsync());
        Assert.Contains("was migrated by a newer version of this program.", gateway.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_under_traffic_goes_on_while_a_newer_one_migrates()
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit());
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 100_000_000));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var callers = Enumerable.Range(0, 4).Select(_ => CallOnAsync(caller, stop.Token)).ToList();
        await Eventually.TrueAsync(() => gateway.Provider.Count > 20, "calls are running");
        await using (var newer = await OpenAsync(gateway.Database))
        {
            // What a next version may do: add. The lock is taken and given back as its migrator does.
            await using var migration = newer.BeginTransaction(deferred: false);
            Run(newer, "ALTER TABLE token_transactions ADD COLUMN later TEXT NULL");
            Run(newer, "ALTER TABLE accounts ADD COLUMN later INTEGER NOT NULL DEFAULT 0");
            Run(newer, "CREATE TABLE later_things (id INTEGER PRIMARY KEY)");
            Run(newer, "INSERT INTO __EFMigrationsHistory VALUES ('99990101000000_Later', '11.0')");
            await migration.CommitAsync(Cancel);
        }
        var seen = gateway.Provider.Count;
        await Eventually.TrueAsync(() => gateway.Provider.Count > seen + 20, "calls go on");
        await Eventually.TrueAsync(async () => (await ReadyAsync(gateway)).Contains("schema_ahead", StringComparison.Ordinal), "the node has seen it");
        await stop.CancelAsync();
        var whole = (await Task.WhenAll(callers)).Sum();
        Assert.True(await gateway.Process.IsReadyAsync());
        Assert.Equal(whole, (await gateway.Admin.ChargesAsync("anna", whole)).Count);
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    /// <returns>How many calls got their whole answer; any other answer is a failure.</returns>
    private static async Task<int> CallOnAsync(CallerClient caller, CancellationToken stop)
    {
        var whole = 0;
        for (; !stop.IsCancellationRequested; whole++)
        {
            using var answer = await caller.ChatAsync(Ask);
            var body = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(answer.StatusCode == HttpStatusCode.OK && body == FakeChat.Whole, $"{(int)answer.StatusCode}: {body}");
        }
        return whole;
    }

    private static async Task<string> ReadyAsync(RunningGateway gateway)
    {
        using var answer = await gateway.Process.Client.GetAsync("/health/ready", Cancel);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    /// <summary>The same rows in a database as the program of then made it: it is built by the older migrations, and gets what of each row it has a column for.</summary>
    private static void TurnBack(string newer, string database, string schema)
    {
        using var older = new SqliteConnection($"Data Source={database};Pooling=False");
        older.Open();
        Run(older, "PRAGMA journal_mode=WAL");
        Run(older, Script(schema));
        Run(older, $"ATTACH '{newer}' AS newer");
        foreach (var table in Texts(older, "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '__EFMigrationsHistory'"))
        {
            var columns = string.Join(", ", Texts(older, $"SELECT name FROM pragma_table_info('{table}', 'main') INTERSECT SELECT name FROM pragma_table_info('{table}', 'newer')"));
            if (table == "gateway_state")
            {
                // Rows of it come with migrations.
                Run(older, "UPDATE main.gateway_state SET value = (SELECT n.value FROM newer.gateway_state n WHERE n.name = main.gateway_state.name)");
                continue;
            }
            Run(older, $"DELETE FROM main.{table}");
            Run(older, $"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}");
        }
    }

    private static string Script(string schema)
    {
        using var db = new SqliteDbFactory("Data Source=unused.db").CreateDbContext();
        return db.GetService<IMigrator>().GenerateScript(Migration.InitialDatabase, schema);
    }

    private static List<string> Migrations()
    {
        using var db = new SqliteDbFactory("Data Source=unused.db").CreateDbContext();
        return [.. db.Database.GetMigrations()];
    }

    private static string Rows(string database) => string.Join('\n', [.. Texts(database, Balance), .. Texts(database,
        "SELECT account_id || ' ' || seq || ' ' || id || ' ' || entry || ' ' || tokens_used || ' ' || tokens_remaining || ' ' || cost_nano_usd || ' ' || created_at FROM token_transactions ORDER BY account_id, seq")]);

    private static List<string> Texts(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        return Texts(connection, sql);
    }

    private static List<string> Texts(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
            texts.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture) ?? "");
        return texts;
    }

    private static void Run(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        Run(connection, sql);
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task<SqliteConnection> OpenAsync(string database)
    {
        var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync(Cancel);
        return connection;
    }
}
