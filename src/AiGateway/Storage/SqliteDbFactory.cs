using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AiGateway.Storage;

/// <summary>Contexts for whoever reads. They track nothing: balances are never changed by way of entities.</summary>
internal sealed class SqliteDbFactory(string connectionString) : IDbContextFactory<GatewayDb>
{
    // Made for the first context: a start makes the factory and needs none.
    private readonly Lazy<DbContextOptions<SqliteDb>> _options = new(() => new DbContextOptionsBuilder<SqliteDb>()
        .UseSqlite(new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(connectionString) { Mode = Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite }.ToString())
        .ReplaceService<IMigrationsSqlGenerator, SqliteTableGenerator>()
        .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
        .Options);

    public GatewayDb CreateDbContext() => new SqliteDb(_options.Value);
}

/// <summary>For the tool that writes migrations; it never opens the file.</summary>
internal sealed class SqliteDbDesign : IDesignTimeDbContextFactory<SqliteDb>
{
    public SqliteDb CreateDbContext(string[] args) => (SqliteDb)new SqliteDbFactory("Data Source=design.db").CreateDbContext();
}
