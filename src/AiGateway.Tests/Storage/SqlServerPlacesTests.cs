using AiGateway.Storage;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Storage.TSql;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Storage;

/// <summary>How the tests find room on a server, whatever their login may do there.</summary>
public sealed class SqlServerPlacesTests : IDisposable
{
    private const string Named = "Server=recorded;Database=ours";

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => LedgerBox.Cancel;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_test_has_a_database_of_its_own_where_one_may_be_made()
    {
        var server = Server();
        var places = new SqlServerPlaces(Named, server.Connect);
        var place = await MadeAsync(places);
        Assert.Equal(2, server.Databases?.Count);
        await places.DropAsync(place, Cancel);
        Assert.Equal(["ours"], server.Databases?.Keys);
        Assert.Equal("", places.Note);
    }

    [Fact]
    public async Task Where_the_login_may_do_nothing_the_named_database_is_used_and_left_empty()
    {
        var places = new SqlServerPlaces(Named, Server(mayDoNothing: true).Connect);
        for (var test = 0; test < 2; test++)
        {
            var place = await MadeAsync(places);
            Assert.Equal(Named, place);
            Assert.Equal(SchemaState.Current, await new SqlServerSchemaMigrator(place, places.Source(place)).CheckAsync(Cancel));
            await places.DropAsync(place, Cancel);
        }
        Assert.Contains("No database can be made (CREATE DATABASE permission denied", places.Note, StringComparison.Ordinal);
        Assert.Contains("The migrator could not do it (ALTER DATABASE", places.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_holds_something_is_left_alone()
    {
        var server = Server(mayDoNothing: true);
        await using (var connection = await new SqlServerSource(Named, server.Connect).OpenAsync(Cancel))
        await using (var command = connection.Statement("CREATE TABLE [theirs] ([id] bigint NOT NULL)"))
            await command.ExecuteNonQueryAsync(Cancel);
        var places = new SqlServerPlaces(Named, server.Connect);
        Assert.Null(await places.MakeAsync(Cancel));
        Assert.EndsWith("It has 1 tables already: name an empty one.", places.Note, StringComparison.Ordinal);
    }

    private static async Task<string> MadeAsync(SqlServerPlaces places)
    {
        var place = await places.MakeAsync(Cancel);
        Assert.NotNull(place);
        await using var db = new SqlServerDbFactory(places.Source(place)).CreateDbContext();
        Assert.NotNull(await db.GatewayState.FindAsync(["key_list_version"], Cancel));
        return place;
    }

    private TSqlServer Server(bool mayDoNothing = false)
    {
        var server = new TSqlServer(_folder.File("server.db")) { Databases = new(StringComparer.Ordinal), RefusesDatabases = mayDoNothing };
        server.Databases["ours"] = true;
        return server;
    }
}
