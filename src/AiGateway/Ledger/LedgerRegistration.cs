using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AiGateway.Ledger;

internal static class LedgerRegistration
{
    /// <summary>The ledger and what it stands on: the bookkeeper, its writer, keeper, sweeper and audit, the idempotent answers, and contexts and connections for the rest.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services, Func<IServiceProvider, LedgerOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<LedgerStore>(provider => Store(provider.GetRequiredService<LedgerOptions>()));
        services.AddSingleton<SchemaMigrator>(provider => Schema(provider.GetRequiredService<LedgerOptions>()));
        services.AddSingleton<IDbContextFactory<GatewayDb>>(provider => Contexts(provider.GetRequiredService<LedgerOptions>()));
        services.TryAddSingleton<Connections>(provider => Plain(provider.GetRequiredService<LedgerOptions>()));
        services.AddSingleton<WriteProbe>();
        services.AddSingleton<LedgerWriter>();
        services.AddSingleton<HoldKeeper>();
        services.AddSingleton<SpoolDisk>(provider => new LocalSpoolDisk(provider.GetRequiredService<LedgerOptions>().SpoolFolder, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Spool>();
        services.AddSingleton<SpoolReplay>();
        services.AddSingleton<Bookkeeper>();
        services.AddSingleton<Leases>();
        services.AddSingleton<Sweeper>();
        services.AddSingleton<LedgerAudit>();
        services.AddSingleton<AuditKeeper>();
        services.AddSingleton<DeferredWork>();
        services.AddSingleton<IdempotencyTable>();
        services.AddSingleton<IdempotentAnswers>();
        services.AddSingleton<HoldRetention>();
        services.AddHostedService<LedgerService>();
        return services;
    }

    public static IServiceCollection AddLedger(this IServiceCollection services, LedgerOptions options) => services.AddLedger(_ => options);

    private static LedgerStore Store(LedgerOptions options) => options.Provider switch
    {
        LedgerProvider.Sqlite => new SqliteLedgerStore(options.ConnectionString),
        LedgerProvider.SqlServer => new SqlServerLedgerStore(new SqlServerSource(options.ConnectionString)),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Provider, null),
    };

    private static SchemaMigrator Schema(LedgerOptions options) => options.Provider switch
    {
        LedgerProvider.Sqlite => new SqliteSchemaMigrator(options.ConnectionString),
        LedgerProvider.SqlServer => new SqlServerSchemaMigrator(options.ConnectionString, new SqlServerSource(options.ConnectionString)),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Provider, null),
    };

    private static IDbContextFactory<GatewayDb> Contexts(LedgerOptions options) => options.Provider switch
    {
        LedgerProvider.Sqlite => new SqliteDbFactory(options.ConnectionString),
        LedgerProvider.SqlServer => new SqlServerDbFactory(new SqlServerSource(options.ConnectionString), options.MaxBatchSize, options.UseSqlOutputClause),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Provider, null),
    };

    private static Connections Plain(LedgerOptions options) => options.Provider switch
    {
        LedgerProvider.Sqlite => new SqliteConnections(options.ConnectionString),
        LedgerProvider.SqlServer => new SqlServerConnections(new SqlServerSource(options.ConnectionString)),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Provider, null),
    };
}
