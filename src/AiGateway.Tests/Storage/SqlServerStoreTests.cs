using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;
using Testcontainers.MsSql;

namespace AiGateway.Tests.Storage;

/// <summary>
/// The contract on a real server: the one that AIGATEWAY_TEST_SQLSERVER names, else one that Docker starts; else a skip that says so.
/// Every test has a database to itself, and leaves nothing behind.
/// </summary>
public sealed class SqlServerStoreTests(SqlServerFixture server, ITestOutputHelper output) : StoreContract, IClassFixture<SqlServerFixture>, IAsyncDisposable
{
    private readonly List<string> _made = [];

    [Fact]
    public async Task The_migrator_makes_it_ready()
    {
        var place = await PlaceAsync();
        Assert.Equal(SchemaState.Current, await new SqlServerSchemaMigrator(place, server.Places.Source(place)).CheckAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain("The migrator could not", server.Places.Note, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var place in _made)
            await server.Places.DropAsync(place, CancellationToken.None);
    }

    private protected override async Task<Func<string, TestDatabase>> DatabaseAsync()
    {
        var place = await PlaceAsync();
        var source = server.Places.Source(place);
        return _ => new RealSqlServer(source);
    }

    private async Task<string> PlaceAsync()
    {
        var place = await server.PlaceAsync(output);
        _made.Add(place);
        return place;
    }

    private sealed class RealSqlServer(SqlServerSource source) : TestDatabase
    {
        public override Connections Connections => new SqlServerConnections(source);

        public override IDbContextFactory<GatewayDb> Contexts => new SqlServerDbFactory(source);

        public override LedgerStore OpenStore() => new SqlServerLedgerStore(source);
    }
}

/// <summary>One server for all tests of a run.</summary>
public sealed class SqlServerFixture : IAsyncLifetime
{
    public const string Variable = "AIGATEWAY_TEST_SQLSERVER";

    // Where a container runtime listens on this machine, unless DOCKER_HOST says otherwise.
    private const string DockerSocket = "/var/run/docker.sock";

    private MsSqlContainer? _container;

    private SqlServerPlaces? _places;
    private string _why = "";

    /// <exception cref="InvalidOperationException">There is no server.</exception>
    internal SqlServerPlaces Places => _places ?? throw new InvalidOperationException(_why);

    /// <returns>The connection string of a migrated database; the test that takes it drops it. A skip where there is none.</returns>
    internal async Task<string> PlaceAsync(ITestOutputHelper output)
    {
        Assert.SkipWhen(_places is null, $"There is no SQL Server: {_why}. Set {Variable} to a connection string, or start Docker.");
        var place = await Places.MakeAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(place is null, $"The SQL Server has no room for tests. {Places.Note}");
        output.WriteLine(Places.Note);
        return place;
    }

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
        {
            _places = new SqlServerPlaces(given);
            return;
        }
        if (!File.Exists(DockerSocket) && Environment.GetEnvironmentVariable("DOCKER_HOST") is null)
        {
            _why = $"{Variable} is not set and no Docker engine answers";
            return;
        }
        try
        {
            _container = new MsSqlBuilder("mcr.microsoft.com/mssql/server:2022-latest").Build();
            await _container.StartAsync();
            _places = new SqlServerPlaces(_container.GetConnectionString());
        }
        catch (Exception failed)
        {
            // The reason is shown with each skip.
            _why = $"Docker did not start one ({failed.Message})";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
            await _container.DisposeAsync();
    }
}
