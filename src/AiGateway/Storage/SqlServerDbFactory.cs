using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace AiGateway.Storage;

/// <summary>Contexts for whoever reads. They track nothing: balances are never changed by way of entities.</summary>
internal sealed class SqlServerDbFactory(SqlServerSource source) : IDbContextFactory<GatewayDb>
{
    // A read that met a deadlock or a failover is simply read again.
    private const int Retries = 3;

    public GatewayDb CreateDbContext() => new SqlServerDb(new DbContextOptionsBuilder<SqlServerDb>()
        .UseSqlServer(source.Make(), contextOwnsConnection: true, server => server.EnableRetryOnFailure(Retries))
        .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
        .Options);
}

/// <summary>For the tool that writes migrations; it never connects.</summary>
internal sealed class SqlServerDbDesign : IDesignTimeDbContextFactory<SqlServerDb>
{
    public SqlServerDb CreateDbContext(string[] args) => (SqlServerDb)new SqlServerDbFactory(new SqlServerSource("Server=design")).CreateDbContext();
}
