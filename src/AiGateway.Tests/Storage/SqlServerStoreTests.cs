using System.Security.Cryptography;
using AiGateway.Storage;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Testcontainers.MsSql;

namespace AiGateway.Tests.Storage;

/// <summary>
/// The contract on a real server: the one that AIGATEWAY_TEST_SQLSERVER names, else one that Docker starts; else a skip that says so.
/// Every test makes a database of its own and drops it.
/// </summary>
public sealed class SqlServerStoreTests(SqlServerFixture server) : StoreContract, IClassFixture<SqlServerFixture>, IAsyncDisposable
{
    private readonly List<string> _made = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var name in _made)
            await server.DropAsync(name);
    }

    private protected override async Task<Func<string, TestDatabase>> DatabaseAsync()
    {
        Assert.SkipWhen(server.ConnectionString is null, $"There is no SQL Server: {server.Why}. Set {SqlServerFixture.Variable} to a connection string, or start Docker.");
        var name = "aigw_test_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        var text = new SqlConnectionStringBuilder(server.ConnectionString) { InitialCatalog = name }.ToString();
        _made.Add(name);
        await new SqlServerSchemaMigrator(text, new SqlServerSource(text)).EnsureAsync(TestContext.Current.CancellationToken);
        return _ => new RealSqlServer(text);
    }

    private sealed class RealSqlServer(string text) : TestDatabase
    {
        private readonly SqlServerSource _source = new(text);

        public override Connections Connections => new SqlServerConnections(_source);

        public override IDbContextFactory<GatewayDb> Contexts => new SqlServerDbFactory(_source);

        public override LedgerStore OpenStore() => new SqlServerLedgerStore(_source);
    }
}

/// <summary>One server for all tests of a run.</summary>
public sealed class SqlServerFixture : IAsyncLifetime
{
    public const string Variable = "AIGATEWAY_TEST_SQLSERVER";

    // Where a container runtime listens on this machine, unless DOCKER_HOST says otherwise.
    private const string DockerSocket = "/var/run/docker.sock";

    private MsSqlContainer? _container;

    /// <summary>Null: there is none.</summary>
    public string? ConnectionString { get; private set; }

    /// <summary>Why there is none.</summary>
    public string Why { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        ConnectionString = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;
        if (ConnectionString is not null)
            return;
        if (!File.Exists(DockerSocket) && Environment.GetEnvironmentVariable("DOCKER_HOST") is null)
        {
            Why = $"{Variable} is not set and no Docker engine answers";
            return;
        }
        try
        {
            _container = new MsSqlBuilder("mcr.microsoft.com/mssql/server:2022-latest").Build();
            await _container.StartAsync();
            ConnectionString = _container.GetConnectionString();
        }
        catch (Exception failed)
        {
            // The reason is shown with each skip.
            Why = $"Docker did not start one ({failed.Message})";
        }
    }

    public async Task DropAsync(string database)
    {
        SqlConnection.ClearAllPools();
        await using var connection = new SqlConnection(new SqlConnectionStringBuilder(ConnectionString) { InitialCatalog = "master" }.ToString());
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"IF DB_ID('{database}') IS NOT NULL BEGIN ALTER DATABASE [{database}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE [{database}]; END";
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
            await _container.DisposeAsync();
    }
}
