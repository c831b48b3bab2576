using System.Data.Common;
using System.Reflection;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AiGateway.Storage;

/// <summary>Makes and migrates a SQL Server database, and refuses one whose settings would bend the ledger's promises.</summary>
internal sealed class SqlServerSchemaMigrator(string connectionString, SqlServerSource source) : SchemaMigrator
{
    private static readonly string Newest = typeof(SqlServerDb).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<DbContextAttribute>()?.ContextType == typeof(SqlServerDb))
        .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id).Max(StringComparer.Ordinal) ?? throw new InvalidOperationException("There are no migrations for SQL Server.");

    /// <summary>What the ledger needs of its database; each is changed only where it is not so, since a change may wait for everybody else to leave.</summary>
    private static readonly string[] Settings =
    [
        """
        IF EXISTS (SELECT 1 FROM sys.databases WHERE database_id = DB_ID() AND is_read_committed_snapshot_on = 0)
            ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
        """,
        """
        IF EXISTS (SELECT 1 FROM sys.databases WHERE database_id = DB_ID() AND snapshot_isolation_state = 0)
            ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON;
        """,
        """
        IF EXISTS (SELECT 1 FROM sys.databases WHERE database_id = DB_ID() AND delayed_durability <> 0)
            ALTER DATABASE CURRENT SET DELAYED_DURABILITY = DISABLED;
        """,
    ];

    // The server's answer where the database is not there, or not for this login.
    private const int CannotOpen = 4060;

    private const int IsThere = 1801;

    private const int MigrationSeconds = 1800;

    public override async Task<SchemaState> CheckAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = await source.OpenAsync(cancel);
            return await CheckAsync(connection, cancel);
        }
        catch (DbException missing) when (SqlServerFaults.NumberOf(missing) == CannotOpen)
        {
            return SchemaState.Missing;
        }
        catch (DbException broken)
        {
            throw new StoreUnavailableException($"The ledger's database cannot be opened: {broken.Message}", broken);
        }
    }

    public override async Task EnsureAsync(CancellationToken cancel)
    {
        var state = await CheckAsync(cancel);
        if (state is SchemaState.Ahead)
            throw new SchemaRefusedException("The database was migrated by a newer version of this program. Start that one, or restore a copy from before.");
        if (state is not SchemaState.Current)
            await MigrateAsync(cancel);
        await using var connection = await source.OpenAsync(cancel);
        await RefuseUnsafeAsync(connection, cancel);
    }

    public override string Script()
    {
        using var db = new SqlServerDbFactory(source).CreateDbContext();
        var tables = db.GetService<IMigrator>().GenerateScript(Migration.InitialDatabase, null, MigrationsSqlGenerationOptions.Idempotent);
        return string.Concat(Settings.Select(setting => setting + "\nGO\n\n")) + tables;
    }

    private async Task MigrateAsync(CancellationToken cancel)
    {
        await CreateAsync(cancel);
        await using (var connection = await source.OpenAsync(cancel))
            foreach (var setting in Settings)
                await RunAsync(connection, setting, cancel);
        await using var db = new SqlServerDbFactory(source).CreateDbContext();
        db.Database.SetCommandTimeout(MigrationSeconds);
        // Under a lock that the server gives up with the session: any number of processes may start at once, and one that dies leaves none.
        await db.Database.MigrateAsync(cancel);
    }

    /// <summary>An empty database that is there already is as good, and spares the login the right to make one.</summary>
    private async Task CreateAsync(CancellationToken cancel)
    {
        var target = new SqlConnectionStringBuilder(connectionString);
        try
        {
            await using var there = await source.OpenAsync(cancel);
        }
        catch (DbException missing) when (SqlServerFaults.NumberOf(missing) == CannotOpen && target.InitialCatalog.Length > 0)
        {
            await using var master = await source.OpenMasterAsync(cancel);
            try
            {
                await RunAsync(master, $"CREATE DATABASE [{target.InitialCatalog.Replace("]", "]]", StringComparison.Ordinal)}]", cancel);
            }
            catch (DbException made) when (SqlServerFaults.NumberOf(made) == IsThere)
            {
                // Another process has made it since.
            }
        }
    }

    /// <summary>Without row versions readers and writers would wait for each other; with delayed durability an answered charge could be lost.</summary>
    private static async Task RefuseUnsafeAsync(DbConnection connection, CancellationToken cancel)
    {
        await using var command = connection.Statement(
            "SELECT is_read_committed_snapshot_on, CAST(snapshot_isolation_state AS int), CAST(delayed_durability AS int) FROM sys.databases WHERE database_id = DB_ID()");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            throw new SchemaRefusedException("The server does not tell this login about its own database: grant it VIEW DATABASE STATE.");
        const int on = 1;
        string[] wrong =
        [
            .. reader.GetBoolean(0) ? [] : new[] { "READ_COMMITTED_SNAPSHOT is OFF" }, .. reader.GetInt32(1) == on ? [] : new[] { "ALLOW_SNAPSHOT_ISOLATION is OFF" },
            .. reader.GetInt32(2) == 0 ? [] : new[] { "DELAYED_DURABILITY is not DISABLED" },
        ];
        if (wrong.Length > 0)
            throw new SchemaRefusedException($"The ledger's database has {string.Join(", ", wrong)}: run the first statements of `db script` on it.");
    }

    private static async Task<SchemaState> CheckAsync(DbConnection connection, CancellationToken cancel)
    {
        await using var exists = connection.Statement("SELECT CASE WHEN OBJECT_ID(N'__EFMigrationsHistory') IS NULL THEN 0 ELSE 1 END");
        if (await exists.ExecuteScalarAsync(cancel) is 0)
            return SchemaState.Missing;
        await using var newest = connection.Statement($"SELECT MAX([MigrationId]) FROM [__EFMigrationsHistory]");
        return await newest.ExecuteScalarAsync(cancel) is not string last ? SchemaState.Missing : string.CompareOrdinal(last, Newest) switch
        {
            < 0 => SchemaState.Behind,
            0 => SchemaState.Current,
            > 0 => SchemaState.Ahead,
        };
    }

    private static async Task RunAsync(DbConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = connection.Statement(sql);
        command.CommandTimeout = MigrationSeconds;
        await command.ExecuteNonQueryAsync(cancel);
    }
}
