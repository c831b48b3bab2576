using System.Globalization;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Storage.TSql;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace AiGateway.Tests.Storage;

public sealed class MigrationTests
{
    private const string Add =
        "dotnet tool restore && dotnet ef migrations add NAME --project src/AiGateway --context {0}Db --output-dir Storage/Migrations/{0}, and list it in published-migrations.txt";

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void Ef_is_told_how_many_statements_go_in_one_round_trip(int size)
    {
        using var db = new SqlServerDbFactory(new SqlServerSource("Server=unused;Database=unused"), size).CreateDbContext();
        Assert.Equal(size, db.GetService<IDbContextOptions>().Extensions.OfType<RelationalOptionsExtension>().Single().MaxBatchSize);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ef_writes_with_output_or_without_it_as_it_is_told(bool used)
    {
        await using var box = await LedgerBox.OpenAsync();
        var server = new TSqlServer(box.Path);
        await using var db = new SqlServerDbFactory(new SqlServerSource("Server=recorded", server.Connect), outputClause: used).CreateDbContext();
        db.Update(new GatewayStateRow { Name = "audit_at", Value = 7 });
        Assert.Equal(1, await db.SaveChangesAsync(LedgerBox.Cancel));
        Assert.Equal(7, await db.GatewayState.Where(row => row.Name == "audit_at").Select(row => row.Value).SingleAsync(LedgerBox.Cancel));
        var written = Assert.Single(server.Texts, text => text.Contains("UPDATE [gateway_state]", StringComparison.Ordinal));
        Assert.Equal(used, written.Contains("OUTPUT", StringComparison.Ordinal));
    }

    [Fact]
    public void Sqlites_migrations_make_the_tables_that_the_code_describes()
    {
        using var db = new SqliteDbFactory("Data Source=unused.db").CreateDbContext();
        Assert.False(db.Database.HasPendingModelChanges(), $"A table changed without a migration. Run: {string.Format(CultureInfo.InvariantCulture, Add, "Sqlite")}");
    }

    [Fact]
    public void SqlServers_migrations_make_the_tables_that_the_code_describes()
    {
        using var db = new SqlServerDbFactory(new SqlServerSource("Server=unused;Database=unused")).CreateDbContext();
        Assert.False(db.Database.HasPendingModelChanges(), $"A table changed without a migration for SQL Server. Run: {string.Format(CultureInfo.InvariantCulture, Add, "SqlServer")}");
    }
}
