using AiGateway.Storage;
using AiGateway.Tests.Ledger;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Tests.Storage;

public sealed class SqliteSchemaMigratorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("schema-");

    private string File => Path.Combine(_folder.FullName, "data", "gateway.db");

    private SqliteSchemaMigrator Migrator => new($"Data Source={File}");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_missing_database_is_made_with_its_folder()
    {
        Assert.Equal(SchemaState.Missing, await Migrator.CheckAsync(Cancel));
        await Migrator.EnsureAsync(Cancel);
        Assert.Equal(SchemaState.Current, await Migrator.CheckAsync(Cancel));
        Assert.Equal("wal", new LedgerTable(File).Text("PRAGMA journal_mode"));
    }

    [Fact]
    public async Task Eight_processes_may_migrate_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Migrator.EnsureAsync(Cancel))));
        using var db = new SqliteDbFactory("Data Source=unused.db").CreateDbContext();
        Assert.Equal(db.Database.GetMigrations().Count(), new LedgerTable(File).Number("SELECT count(*) FROM __EFMigrationsHistory"));
    }

    [Fact]
    public async Task A_migration_that_broke_off_before_it_wrote_anything_is_made_up_for()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "data"));
        await System.IO.File.WriteAllBytesAsync(File, [], Cancel);
        await Migrator.EnsureAsync(Cancel);
        Assert.Equal(SchemaState.Current, await Migrator.CheckAsync(Cancel));
    }

    [Fact]
    public async Task A_newer_programs_database_is_not_touched()
    {
        await Migrator.EnsureAsync(Cancel);
        new LedgerTable(File).Run("INSERT INTO __EFMigrationsHistory VALUES ('99990101000000_Later', '11.0')");
        Assert.Equal(SchemaState.Ahead, await Migrator.CheckAsync(Cancel));
        await Assert.ThrowsAsync<SchemaRefusedException>(() => Migrator.EnsureAsync(Cancel));
    }

    [Fact]
    public void The_newest_migration_is_the_one_that_the_start_looks_for()
    {
        using var db = new SqliteDbFactory("Data Source=unused.db").CreateDbContext();
        Assert.Equal(SqliteSchemaMigrator.Newest, db.Database.GetMigrations().Last());
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task The_public_table_has_rowids_and_an_exact_looking_cost()
    {
        await Migrator.EnsureAsync(Cancel);
        var table = new LedgerTable(File);
        Assert.Equal(0, table.Number("SELECT count(rowid) FROM token_transactions"));
        Assert.Equal("DECIMAL(10,6)", table.Text("SELECT type FROM pragma_table_info('token_transactions') WHERE name = 'estimated_cost_usd'"));
        Assert.Contains("WITHOUT ROWID", table.Text("SELECT sql FROM sqlite_master WHERE name = 'token_holds'"));
    }

    [Fact]
    public async Task Readers_see_the_rows_that_the_ledger_wrote()
    {
        await using var box = await LedgerBox.OpenAsync();
        await box.GrantAsync(100, "g");
        await box.HoldAsync(10, "r1");
        await box.SettleAsync("r1", 7, cost: 1_500);
        await using var db = new SqliteDbFactory(box.Options.ConnectionString).CreateDbContext();
        var row = await db.TokenTransactions.SingleAsync(x => x.Entry == "usage", Cancel);
        Assert.Equal((7, 93, 0.000002m, 1_500, LedgerBox.Start.UtcDateTime), (row.TokensUsed, row.TokensRemaining, row.EstimatedCostUsd, row.CostNanoUsd, row.CreatedAt));
        Assert.Equal(row.Seq, (await db.TokenTransactions.SingleAsync(x => x.Id == row.Id, Cancel)).Seq);
        Assert.Equal(93, (await db.Accounts.SingleAsync(Cancel)).Balance);
        Assert.Equal(1, await db.TokenTransactions.CountAsync(x => x.CreatedAt < LedgerBox.Start.UtcDateTime.AddSeconds(1) && x.Seq == 2, Cancel));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
