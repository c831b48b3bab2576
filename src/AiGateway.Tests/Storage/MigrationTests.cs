using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace AiGateway.Tests.Storage;

public sealed class MigrationTests
{
    /// <summary>Nothing is deployed on SQL Server yet, so it has one migration, made anew. Once it is, a change gets a migration of its own.</summary>
    private const string Regenerate =
        "rm -rf src/AiGateway/Storage/Migrations/SqlServer && dotnet tool restore && dotnet ef migrations add Initial --project src/AiGateway --context SqlServerDb --output-dir Storage/Migrations/SqlServer";

    private const string Add = "dotnet ef migrations add NAME --project src/AiGateway --context SqliteDb --output-dir Storage/Migrations/Sqlite";

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void Ef_is_told_how_many_statements_go_in_one_round_trip(int size)
    {
        using var db = new SqlServerDbFactory(new SqlServerSource("Server=unused;Database=unused"), size).CreateDbContext();
        Assert.Equal(size, db.GetService<IDbContextOptions>().Extensions.OfType<RelationalOptionsExtension>().Single().MaxBatchSize);
    }

    [Fact]
    public void Sqlites_migrations_make_the_tables_that_the_code_describes()
    {
        using var db = new SqliteDbFactory("Data Source=unused.db").CreateDbContext();
        Assert.False(db.Database.HasPendingModelChanges(), $"A table changed without a migration. Run: {Add}");
    }

    [Fact]
    public void SqlServers_migrations_make_the_tables_that_the_code_describes()
    {
        using var db = new SqlServerDbFactory(new SqlServerSource("Server=unused;Database=unused")).CreateDbContext();
        Assert.False(db.Database.HasPendingModelChanges(), $"A table changed without a migration for SQL Server. Run: {Regenerate}");
    }
}
