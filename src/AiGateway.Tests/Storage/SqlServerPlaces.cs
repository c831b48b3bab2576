using System.Data.Common;
using System.Security.Cryptography;
using AiGateway.Storage;
using AiGateway.Tests.Storage.TSql;
using Microsoft.Data.SqlClient;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace AiGateway.Tests.Storage;

/// <summary>
/// Where tests keep their tables on a server: each in a database of its own, where the login may make one; else one after the other in the database (and the schema)
/// that the connection string leads to, if it is empty. Every statement is as plain as can be, for servers that speak the protocol and know less.
/// </summary>
internal sealed class SqlServerPlaces(string connectionString, Func<string, DbConnection> connect)
{
    private bool _shares;

    public SqlServerPlaces(string connectionString) : this(connectionString, text => new SqlConnection(text)) { }

    /// <summary>What is done in another way than usual here, and why: for the test's output.</summary>
    public string Note { get; private set; } = "";

    public SqlServerSource Source(string place) => new(place, connect);

    /// <returns>A migrated database's connection string; null: there is no room, and the note says why.</returns>
    public async Task<string?> MakeAsync(CancellationToken cancel)
    {
        var place = _shares ? null : await DatabaseAsync(cancel);
        if (place is null && await TablesAsync(cancel) is > 0 and var tables)
        {
            Note += $" It has {tables} tables already: name an empty one.";
            return null;
        }
        place ??= connectionString;
        try
        {
            await new SqlServerSchemaMigrator(place, Source(place)).EnsureAsync(cancel);
        }
        catch (Exception refused) when (refused is DbException or InvalidOperationException or StoreUnavailableException or SchemaRefusedException)
        {
            // Migrating has a test of its own, which fails then; the ledger may work all the same.
            Note += $" The migrator could not do it ({refused.Message}); the tables were made by its plain statements.";
            await EmptyAsync(place, cancel);
            await RunAsync(place, TSqlSchema.Statements(), cancel);
        }
        return place;
    }

    public async Task DropAsync(string place, CancellationToken cancel)
    {
        SqlConnection.ClearAllPools();
        if (place == connectionString)
        {
            await EmptyAsync(place, cancel);
            return;
        }
        var name = new SqlConnectionStringBuilder(place).InitialCatalog;
        try
        {
            await RunAsync(connectionString, [$"DROP DATABASE [{name}]"], cancel);
        }
        catch (DbException)
        {
            // Somebody's connection is still open.
            await RunAsync(connectionString, [$"ALTER DATABASE [{name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE", $"DROP DATABASE [{name}]"], cancel);
        }
    }

    /// <returns>Null: the login may make none.</returns>
    private async Task<string?> DatabaseAsync(CancellationToken cancel)
    {
        var name = "aigw_test_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        try
        {
            await RunAsync(connectionString, [$"CREATE DATABASE [{name}]"], cancel);
            return new SqlConnectionStringBuilder(connectionString) { InitialCatalog = name }.ToString();
        }
        catch (DbException refused)
        {
            (_shares, Note) = (true, $"No database can be made ({refused.Message}): the named one is used.");
            return null;
        }
    }

    private async Task<long> TablesAsync(CancellationToken cancel)
    {
        await using var connection = await Source(connectionString).OpenAsync(cancel);
        await using var command = connection.Statement("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = SCHEMA_NAME()");
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel), System.Globalization.CultureInfo.InvariantCulture);
    }

    private Task EmptyAsync(string place, CancellationToken cancel) => RunAsync(place, TSqlSchema.Drops(), cancel);

    private async Task RunAsync(string place, IEnumerable<string> statements, CancellationToken cancel)
    {
        await using var connection = await Source(place).OpenAsync(cancel);
        foreach (var statement in statements)
        {
            await using var command = connection.Statement(statement);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }
}
