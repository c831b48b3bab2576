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
        services.AddHostedService<LedgerService>();
        return services;
    }

    public static IServiceCollection AddLedger(this IServiceCollection services, LedgerOptions options) => services.AddLedger(_ => options);

    private static LedgerStore Store(LedgerOptions options) => options.Provider switch
    {
        LedgerProvider.Sqlite => new SqliteLedgerStore(options.ConnectionString),
        _ => throw Unsupported(options.Provider),
    };

    private static SchemaMigrator Schema(LedgerOptions options) => options.Provider switch
    {
        LedgerProvider.Sqlite => new SqliteSchemaMigrator(options.ConnectionString),
        _ => throw Unsupported(options.Provider),
    };

    private static IDbContextFactory<GatewayDb> Contexts(LedgerOptions options) => options.Provider switch
    {
        LedgerProvider.Sqlite => new SqliteDbFactory(options.ConnectionString),
        _ => throw Unsupported(options.Provider),
    };

    private static Connections Plain(LedgerOptions options) => options.Provider switch
    {
        LedgerProvider.Sqlite => new SqliteConnections(options.ConnectionString),
        _ => throw Unsupported(options.Provider),
    };

    private static NotSupportedException Unsupported(LedgerProvider provider) => new($"Ledger:Provider {provider} has no store yet.");
}
