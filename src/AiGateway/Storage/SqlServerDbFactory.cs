using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace AiGateway.Storage;

/// <summary>Contexts for whoever reads. They track nothing: balances are never changed by way of entities.</summary>
internal sealed class SqlServerDbFactory(SqlServerSource source, int? maxBatchSize = null) : IDbContextFactory<GatewayDb>
{
    public GatewayDb CreateDbContext() => new SqlServerDb(new DbContextOptionsBuilder<SqlServerDb>()
        // No retries: EF would keep whole results in memory for them, and under row versions a read meets no deadlock.
        .UseSqlServer(source.Make(), contextOwnsConnection: true, Tune)
        .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
        .Options);

    private void Tune(SqlServerDbContextOptionsBuilder options)
    {
        if (maxBatchSize is { } size)
            options.MaxBatchSize(size);
    }
}

/// <summary>For the tool that writes migrations; it never connects.</summary>
internal sealed class SqlServerDbDesign : IDesignTimeDbContextFactory<SqlServerDb>
{
    public SqlServerDb CreateDbContext(string[] args) => (SqlServerDb)new SqlServerDbFactory(new SqlServerSource("Server=design")).CreateDbContext();
}
