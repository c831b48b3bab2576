using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace AiGateway.Storage;

/// <summary>Contexts for whoever reads. They track nothing: balances are never changed by way of entities.</summary>
/// <param name="outputClause">Whether what EF writes uses OUTPUT, which a table with triggers and some compatible servers refuse.</param>
internal sealed class SqlServerDbFactory(SqlServerSource source, int? maxBatchSize = null, bool outputClause = true) : IDbContextFactory<GatewayDb>
{
    private static readonly SoonOpened Opening = new();

    public GatewayDb CreateDbContext()
    {
        var options = new DbContextOptionsBuilder<SqlServerDb>()
            // No retries: EF would keep whole results in memory for them, and under row versions a read meets no deadlock.
            .UseSqlServer(source.Make(), contextOwnsConnection: true, Tune)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .AddInterceptors(Opening);
        // Another service is another model cache, so the two models of one process do not meet.
        if (!outputClause)
            options.ReplaceService<IModelCustomizer, WithoutOutput>();
        return new SqlServerDb(options.Options);
    }

    private void Tune(SqlServerDbContextOptionsBuilder options)
    {
        // Its own strategy retries nothing either, but hides a lost connection in an advice to retry, which nobody would take for an absent database.
        options.ExecutionStrategy(static dependencies => new NonRetryingExecutionStrategy(dependencies));
        if (maxBatchSize is { } size)
            options.MaxBatchSize(size);
    }

    /// <summary>Who reads by a context has no more patience than who reads without one, and is told of a used-up pool in the same word.</summary>
    private sealed class SoonOpened : DbConnectionInterceptor
    {
        public override async ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            await SqlServerConnections.OpenSoonAsync(connection, cancellationToken);
            return InterceptionResult.Suppress();
        }
    }

    private sealed class WithoutOutput(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
    {
        public override void Customize(ModelBuilder modelBuilder, DbContext context)
        {
            base.Customize(modelBuilder, context);
            foreach (var entity in modelBuilder.Model.GetEntityTypes())
                entity.UseSqlOutputClause(false);
        }
    }
}

/// <summary>For the tool that writes migrations; it never connects.</summary>
internal sealed class SqlServerDbDesign : IDesignTimeDbContextFactory<SqlServerDb>
{
    public SqlServerDb CreateDbContext(string[] args) => (SqlServerDb)new SqlServerDbFactory(new SqlServerSource("Server=design")).CreateDbContext();
}
