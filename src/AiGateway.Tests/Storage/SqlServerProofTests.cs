using System.Reflection;
using AiGateway.Storage;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Storage.TSql;
using AiGateway.Tests.Support;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AiGateway.Tests.Storage;

/// <summary>What can be proved of SQL Server without one: everything that is sent to it is T-SQL, and every name in it is one of the migrated schema.</summary>
public sealed class SqlServerProofTests(ITestOutputHelper output)
{
    [Fact]
    public void The_migrated_schema_compiles()
    {
        using var model = new TSqlModel();
        Assert.Empty(model.Problems([]));
        Assert.True(model.Tables > 15);
        output.WriteLine($"{model.Tables} tables");
    }

    [Theory]
    [InlineData(MigrationsSqlGenerationOptions.Default)]
    [InlineData(MigrationsSqlGenerationOptions.Idempotent)]
    [InlineData(MigrationsSqlGenerationOptions.NoTransactions)]
    public void Every_script_of_the_migrations_parses(MigrationsSqlGenerationOptions options) => Assert.NotEmpty(TSqlText.Parse(TSqlSchema.Script(options)).Batches);

    [Fact]
    public void The_script_that_db_script_prints_parses() =>
        Assert.NotEmpty(TSqlText.Parse(new SqlServerSchemaMigrator("Server=unused;Database=unused", new SqlServerSource("Server=unused;Database=unused")).Script()).Batches);

    [Fact]
    public async Task A_database_is_made_migrated_and_found_ready()
    {
        using var folder = new TempFolder();
        var server = new TSqlServer(folder.File("empty.db")) { Databases = new(StringComparer.Ordinal) };
        var migrator = Migrator(server);
        Assert.Equal(SchemaState.Missing, await migrator.CheckAsync(LedgerBox.Cancel));
        await migrator.EnsureAsync(LedgerBox.Cancel);
        Assert.Equal(SchemaState.Current, await migrator.CheckAsync(LedgerBox.Cancel));
        var before = server.RoundTrips;
        await migrator.EnsureAsync(LedgerBox.Cancel);
        // Is it there, where does it stand, are its settings right: a start that finds nothing to do asks no more.
        Assert.Equal(3, server.RoundTrips - before);
    }

    [Fact]
    public async Task Every_statement_of_the_contract_and_of_the_migrations_parses_and_names_what_there_is()
    {
        await Parallel.ForEachAsync(Facts(), LedgerBox.Cancel, async (fact, _) => await fact());
        await A_database_is_made_migrated_and_found_ready();
        var proof = SentProof.OfAll();
        output.WriteLine($"{proof}");
        Assert.Empty(proof.Refused);
        Assert.Empty(proof.Unresolved);
        Assert.True(proof.Statements > 120, $"Only {proof}.");
    }

    [Fact]
    public void A_name_that_is_not_there_is_found_out()
    {
        using var model = new TSqlModel();
        Assert.NotEmpty(model.Problems([new SentStatement("SELECT a.balanse FROM accounts AS a WHERE a.id = @id;", [("@id", "bigint")])]));
    }

    [Fact]
    public void What_is_no_t_sql_is_found_out() => Assert.Throws<FormatException>(() => TSqlText.Parse("SELECT balance FROM accounts LIMIT 1 ON CONFLICT"));

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(512)]
    public async Task A_batch_of_holds_takes_four_round_trips_whatever_its_size(int size)
    {
        RecordedDatabase? recorded = null;
        await using var box = await LedgerBox.OpenAsync(database: path => recorded = new RecordedDatabase(path));
        for (var user = 0; user < 8; user++)
            await box.GrantAsync(100_000, $"g{user}", user: $"user-{user}");
        Assert.NotNull(recorded);
        var before = recorded.Server.RoundTrips;
        await StoreContract.HoldAsync(box, size);
        var trips = recorded.Server.RoundTrips - before;
        output.WriteLine($"{size} holds: {trips} round trips");
        // Begin, read under locks, write, commit.
        Assert.Equal(4, trips);
    }

    private static SqlServerSchemaMigrator Migrator(TSqlServer server)
    {
        const string text = "Server=recorded;Database=ledger";
        return new SqlServerSchemaMigrator(text, new SqlServerSource(text, server.Connect));
    }

    /// <summary>Every fact of the contract, on the recorded server.</summary>
    private static IEnumerable<Func<Task>> Facts() =>
        from method in typeof(StoreContract).GetMethods()
        where method.GetCustomAttributes<FactAttribute>().Any()
        from arguments in method.GetCustomAttributes<InlineDataAttribute>().Select(data => data.Data).DefaultIfEmpty([])
        select (Func<Task>)(() => method.Invoke(new RecordedSqlServerTests(), arguments) as Task ?? throw new InvalidOperationException($"{method.Name} is no task."));
}
