using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AiGateway.Storage;

/// <summary>
/// Migrates a SQLite file. The script that EF makes is run in one immediate transaction of ours: two processes starting at once
/// wait for each other, and one that dies in the middle leaves nothing behind (EF's own lock row would stay, and stop every later start).
/// </summary>
internal sealed class SqliteSchemaMigrator(string connectionString) : SchemaMigrator
{
    /// <summary>The newest migration; a test holds it equal to EF's list.</summary>
    public const string Newest = "20261125173010_UsageByAccount";

    // Long enough for another process to finish the same migration.
    private const int LockWaitSeconds = 30;

    private readonly string _path = new SqliteConnectionStringBuilder(connectionString).DataSource;

    public override async Task<SchemaState> CheckAsync(CancellationToken cancel)
    {
        if (!File.Exists(_path))
            return SchemaState.Missing;
        await using var connection = await OpenAsync(SqliteOpenMode.ReadWrite, cancel);
        return await CheckAsync(connection, null, cancel);
    }

    public override async Task EnsureAsync(CancellationToken cancel)
    {
        if (await CheckAsync(cancel) is var state && state is SchemaState.Current)
            return;
        if (state is SchemaState.Ahead)
            throw new SchemaRefusedException($"{_path} was migrated by a newer version of this program. Start that one, or restore a copy from before.");
        if (Path.GetDirectoryName(Path.GetFullPath(_path)) is { } folder)
            Directory.CreateDirectory(folder);
        await using var connection = await OpenAsync(SqliteOpenMode.ReadWriteCreate, cancel);
        await RunAsync(connection, null, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", cancel);
        await using var transaction = connection.BeginTransaction(deferred: false);
        // Somebody else may have migrated while we waited for the lock.
        if (await CheckAsync(connection, transaction, cancel) is not SchemaState.Current)
            await RunAsync(connection, transaction, Script(await LastAsync(connection, transaction, cancel)), cancel);
        await transaction.CommitAsync(cancel);
    }

    public override string Script() => Script(Migration.InitialDatabase);

    private string Script(string from)
    {
        using var db = new SqliteDbFactory(connectionString).CreateDbContext();
        return db.GetService<IMigrator>().GenerateScript(from, null, MigrationsSqlGenerationOptions.NoTransactions);
    }

    private static async Task<SchemaState> CheckAsync(SqliteConnection connection, SqliteTransaction? transaction, CancellationToken cancel)
    {
        var last = await LastAsync(connection, transaction, cancel);
        return last == Migration.InitialDatabase ? SchemaState.Missing : string.CompareOrdinal(last, Newest) switch
        {
            < 0 => SchemaState.Behind,
            0 => SchemaState.Current,
            > 0 => SchemaState.Ahead,
        };
    }

    private static async Task<string> LastAsync(SqliteConnection connection, SqliteTransaction? transaction, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsHistory'";
        if (await command.ExecuteScalarAsync(cancel) is 0L)
            return Migration.InitialDatabase;
        command.CommandText = "SELECT max(MigrationId) FROM __EFMigrationsHistory";
        return await command.ExecuteScalarAsync(cancel) as string ?? Migration.InitialDatabase;
    }

    private static async Task RunAsync(SqliteConnection connection, SqliteTransaction? transaction, string sql, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<SqliteConnection> OpenAsync(SqliteOpenMode mode, CancellationToken cancel)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(connectionString)
        {
            Mode = mode, Pooling = false, DefaultTimeout = LockWaitSeconds,
        }.ToString());
        try
        {
            await connection.OpenAsync(cancel);
            return connection;
        }
        catch (SqliteException broken)
        {
            await connection.DisposeAsync();
            throw new StoreUnavailableException($"The ledger's database {_path} cannot be opened: {broken.Message}", broken);
        }
    }
}
