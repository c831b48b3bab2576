using System.Data.Common;
using System.Reflection;
using AiGateway.Accounts;
using AiGateway.ConfigFiles;
using AiGateway.Ledger;
using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Storage;

namespace AiGateway.Hosting;

/// <param name="Status">ready or not_ready.</param>
internal sealed record ReadinessReport(string Status, ReadinessChecks Checks, NodeReport Node);

/// <param name="Database">ok, schema_ahead (a newer program has migrated it; ready all the same), unavailable (it takes no write), schema_missing or schema_behind.</param>
/// <param name="Config">ok, or edit_refused: an older content serves, and serves well.</param>
internal sealed record ReadinessChecks(string Database, string Config, bool Draining);

/// <param name="Id">As it stands in the table of leases.</param>
/// <param name="KeyListVersion">Rises with every key that is revoked and every account that is suspended: nodes that show the same number know the same.</param>
internal sealed record NodeReport(string Id, string Version, DateTime StartedAt, long KeyListVersion, IReadOnlyDictionary<string, FileReport> Files);

/// <param name="Version">The first 12 hex digits of the SHA-256 of the content in force.</param>
internal sealed record FileReport(string Version, DateTime LoadedAt, DateTime? RefusedAt);

/// <summary>Whether this node should get calls, and what it knows. The database is asked once a second at most, however many ask us.</summary>
internal sealed class Readiness(
    SchemaMigrator schema, WriteProbe probe, Drain drain, RoutesFile routes, PricesFile prices, PlansFile plans, KeyListVersion keys, Leases leases, TimeProvider time)
{
    public const string Ready = "ready";

    /// <summary>A new version migrates by adding only, and while it takes over the old one has to go on serving.</summary>
    private const string Ok = "ok", Ahead = "schema_ahead";

    private static readonly TimeSpan Remember = TimeSpan.FromSeconds(1);

    private readonly DateTime _startedAt = time.GetUtcNow().UtcDateTime;
    private readonly Lock _asking = new();
    private Task<string>? _database;
    private long _askedAt;

    public async Task<ReadinessReport> LookAsync()
    {
        var database = await DatabaseAsync();
        var files = new Dictionary<string, FileStatus> { ["routes"] = routes.Status, ["prices"] = prices.Status, ["plans"] = plans.Status };
        var config = files.Values.All(file => file.RefusedAt is null) ? "ok" : "edit_refused";
        var draining = drain.IsOn;
        return new ReadinessReport(
            database is Ok or Ahead && !draining ? Ready : "not_ready", new ReadinessChecks(database, config, draining),
            new NodeReport(leases.Node, ProgramVersion, _startedAt, keys.Current,
                files.ToDictionary(file => file.Key, file => new FileReport(file.Value.Version, file.Value.LoadedAt.UtcDateTime, file.Value.RefusedAt?.UtcDateTime))));
    }

    private static string ProgramVersion { get; } =
        typeof(Readiness).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private Task<string> DatabaseAsync()
    {
        lock (_asking)
        {
            if (_database is null || (_database.IsCompleted && time.GetElapsedTime(_askedAt) > Remember))
                (_database, _askedAt) = (Task.Run(AskAsync), time.GetTimestamp());
            return _database;
        }
    }

    private async Task<string> AskAsync()
    {
        try
        {
            var state = await schema.CheckAsync(CancellationToken.None);
            if (state is not (SchemaState.Current or SchemaState.Ahead))
                return $"schema_{state.ToString().ToLowerInvariant()}";
            await probe.WriteAsync(CancellationToken.None);
            return state == SchemaState.Current ? Ok : Ahead;
        }
        catch (Exception error) when (error is DbException or StoreUnavailableException or IOException)
        {
            return "unavailable";
        }
    }
}
