using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace AiGateway.Storage;

/// <summary>Opens connections for plain statements that are too hot, or too early in a process's life, for a context.</summary>
internal abstract class Connections
{
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancel);

    /// <summary>Opens it, or leaves nothing of it behind.</summary>
    public static Task<DbConnection> OpenAsync(DbConnection connection, CancellationToken cancel) => OpenAsync(connection, static (one, until) => one.OpenAsync(until), cancel);

    /// <param name="open">How it is opened.</param>
    public static async Task<DbConnection> OpenAsync(DbConnection connection, Func<DbConnection, CancellationToken, Task> open, CancellationToken cancel)
    {
        try
        {
            await open(connection, cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A key is taken.</summary>
    public abstract bool IsDuplicate(DbException error);
}

/// <summary>Pooled connections to the embedded database.</summary>
internal sealed class SqliteConnections(string connectionString) : Connections
{
    /// <summary>A write of ours waits this long for the ledger's; in seconds.</summary>
    private const int BusyTimeout = 2;

    private const int Constraint = 19;

    private readonly string _connectionString = new SqliteConnectionStringBuilder(connectionString) { DefaultTimeout = BusyTimeout, Mode = SqliteOpenMode.ReadWrite }.ToString();

    public override bool IsDuplicate(DbException error) => error is SqliteException { SqliteErrorCode: Constraint };

    public override Task<DbConnection> OpenAsync(CancellationToken cancel) => OpenAsync(new SqliteConnection(_connectionString), cancel);
}
