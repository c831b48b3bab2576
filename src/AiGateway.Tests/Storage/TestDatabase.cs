using AiGateway.Storage;
using AiGateway.Tests.Storage.TSql;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Tests.Storage;

/// <summary>A database under test, empty but for its tables.</summary>
internal abstract class TestDatabase
{
    public const string Variable = "AIGATEWAY_TEST_STORE";

    /// <summary>Tests that name no database use the T-SQL store on the recorded server.</summary>
    public const string Recorded = "TSql";

    public abstract Connections Connections { get; }

    public abstract IDbContextFactory<GatewayDb> Contexts { get; }

    /// <summary>Another writer's store on the same database.</summary>
    public abstract LedgerStore OpenStore();

    public static TestDatabase Default(string path) =>
        Environment.GetEnvironmentVariable(Variable) == Recorded ? new RecordedDatabase(path) : new SqliteDatabase(path);
}

/// <param name="path">A migrated file.</param>
internal sealed class SqliteDatabase(string path) : TestDatabase
{
    private readonly string _text = $"Data Source={path}";

    public override Connections Connections => new SqliteConnections(_text);

    public override IDbContextFactory<GatewayDb> Contexts => new SqliteDbFactory(_text);

    public override LedgerStore OpenStore() => new SqliteLedgerStore(_text);
}

/// <summary>SQL Server's store, statements and EF provider, in front of a migrated SQLite file.</summary>
internal sealed class RecordedDatabase(string path) : TestDatabase
{
    public TSqlServer Server { get; } = new(path);

    private SqlServerSource Source => new("Server=recorded;Database=ledger", Server.Connect);

    public override Connections Connections => new SqlServerConnections(Source);

    public override IDbContextFactory<GatewayDb> Contexts => new SqlServerDbFactory(Source);

    public override LedgerStore OpenStore() => new SqlServerLedgerStore(Source);
}
