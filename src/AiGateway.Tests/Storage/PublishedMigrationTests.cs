using System.Security.Cryptography;
using System.Text;
using AiGateway.Storage;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Storage.TSql;
using AiGateway.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AiGateway.Tests.Storage;

/// <summary>A migration that is out is in somebody's database: it stays what it was, and what comes later comes after it.</summary>
public sealed class PublishedMigrationTests
{
    /// <summary>Lines of a database's kind, a migration's id and the SHA-256 of its script.</summary>
    private static readonly string Published = Path.Combine(RepositoryRoot.Find(), "src", "AiGateway.Tests", "Storage", "published-migrations.txt");

    private static GatewayDb Sqlite => new SqliteDbFactory("Data Source=unused.db").CreateDbContext();

    private static GatewayDb SqlServer => new SqlServerDbFactory(new SqlServerSource("Server=unused;Database=unused")).CreateDbContext();

    public static TheoryData<string> OlderSqlServerSchemas
    {
        get
        {
            using var db = SqlServer;
            return [.. db.Database.GetMigrations().SkipLast(1)];
        }
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("sqlserver")]
    public void Published_migrations_stay_as_they_are_and_new_ones_are_listed_after_them(string kind)
    {
        using var db = kind == "sqlite" ? Sqlite : SqlServer;
        var published = File.ReadLines(Published).Where(line => line.StartsWith(kind + " ", StringComparison.Ordinal)).ToList();
        var known = Lines(kind, db).ToList();
        Assert.True(published.SequenceEqual(known, StringComparer.Ordinal),
            $"Put a published migration back as it was, and add one of its own for the change; a new one gets its line in {Published}:\n{string.Join('\n', known.Except(published, StringComparer.Ordinal))}");
    }

    [Theory]
    [MemberData(nameof(OlderSqlServerSchemas))]
    public async Task A_server_database_of_an_older_schema_is_migrated(string schema)
    {
        using var folder = new TempFolder();
        const string text = "Server=recorded;Database=ledger";
        var source = new SqlServerSource(text, new TSqlServer(folder.File("older.db")) { Databases = new(StringComparer.Ordinal) { ["ledger"] = true } }.Connect);
        await using (var older = new SqlServerDbFactory(source).CreateDbContext())
            await older.GetService<IMigrator>().MigrateAsync(schema, LedgerBox.Cancel);
        var migrator = new SqlServerSchemaMigrator(text, source);
        Assert.Equal(SchemaState.Behind, await migrator.CheckAsync(LedgerBox.Cancel));
        await migrator.EnsureAsync(LedgerBox.Cancel);
        Assert.Equal(SchemaState.Current, await migrator.CheckAsync(LedgerBox.Cancel));
    }

    private static IEnumerable<string> Lines(string kind, GatewayDb db)
    {
        var before = Migration.InitialDatabase;
        foreach (var id in db.Database.GetMigrations())
        {
            var script = db.GetService<IMigrator>().GenerateScript(before, id, MigrationsSqlGenerationOptions.NoTransactions).ReplaceLineEndings("\n");
            yield return $"{kind} {id} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}";
            before = id;
        }
    }
}
