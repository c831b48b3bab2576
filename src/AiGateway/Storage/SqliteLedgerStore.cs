using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AiGateway.Storage;

/// <summary>
/// The ledger on one SQLite file. One connection writes, and only the ledger's writer thread uses it; readers open their own.
/// Several processes may share the file: whoever holds the lock reads and writes, the others wait their turn.
/// </summary>
internal sealed class SqliteLedgerStore(string connectionString) : LedgerStore
{
    // SQLite's own wait at one try. Short, so that a busy neighbour's gaps between two transactions are met (its longer
    // waits of 50 and 100 ms miss them and starve one of two busy processes).
    private const int TryMs = 5;

    // FULL, because NORMAL loses committed transactions when the power goes. 500 pages keep the log, and so a read, short.
    private const string Settings = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=500; PRAGMA cache_size=-16000;";

    private readonly string _path = new SqliteConnectionStringBuilder(connectionString).DataSource;
    private readonly string _writing = With(connectionString, SqliteOpenMode.ReadWrite);
    private readonly string _reading = With(connectionString, SqliteOpenMode.ReadOnly);
    private SqliteConnection? _connection;
    private SqliteLedgerTransaction? _transaction;

    public override ValueTask<LedgerTransaction> BeginAsync(int patienceMs, CancellationToken cancel)
    {
        try
        {
            return ValueTask.FromResult<LedgerTransaction>(Begin(patienceMs, cancel));
        }
        catch (SqliteException broken)
        {
            Drop();
            throw new StoreUnavailableException($"The ledger's database {_path} cannot be opened: {broken.Message}", broken);
        }
    }

    public override async Task<DueWork> FindDueAsync(long nowMs, int limit, CancellationToken cancel)
    {
        await using var snapshot = await ReadSnapshotAsync(cancel);
        var holds = new List<(string, string)>();
        await foreach (var row in ReadAsync(snapshot, $"""
            SELECT a.user_id, h.request_id FROM token_holds h JOIN accounts a ON a.id = h.account_id
            WHERE h.state < 2 AND h.expires_at <= {nowMs} ORDER BY h.expires_at LIMIT {limit}
            """, cancel))
            holds.Add((row.GetString(0), row.GetString(1)));
        var users = new List<string>();
        await foreach (var row in ReadAsync(snapshot, $"SELECT user_id FROM accounts WHERE next_due_at <= {nowMs} ORDER BY next_due_at LIMIT {limit}", cancel))
            users.Add(row.GetString(0));
        return new DueWork(holds, users);
    }

    public override async Task<ReadSnapshot> ReadSnapshotAsync(CancellationToken cancel)
    {
        var connection = new SqliteConnection(_reading);
        try
        {
            await connection.OpenAsync(cancel);
            return new ReadSnapshot(connection, connection.BeginTransaction(deferred: true));
        }
        catch (SqliteException broken)
        {
            await connection.DisposeAsync();
            throw new StoreUnavailableException($"The ledger's database {_path} cannot be read: {broken.Message}", broken);
        }
    }

    public override string DayOfSql(string column) => $"unixepoch({column}) / 86400";

    public override ValueTask DisposeAsync()
    {
        Drop();
        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the connection: what it was doing is undone, and the next transaction opens a new one.</summary>
    internal void Drop()
    {
        _transaction?.Close();
        _transaction = null;
        _connection?.Dispose();
        _connection = null;
    }

    internal static string With(string connectionString, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder(connectionString) { Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString();

    private SqliteLedgerTransaction Begin(int patienceMs, CancellationToken cancel)
    {
        // An open handle would go on writing into a file that is no longer in any folder.
        if (!File.Exists(_path))
        {
            Drop();
            throw new StoreUnavailableException($"The ledger's database {_path} is missing.");
        }
        var transaction = _transaction ??= Open();
        for (var tries = Math.Max(1, patienceMs / TryMs); tries > 0 && !cancel.IsCancellationRequested; tries--)
            if (transaction.TryBegin())
                return transaction;
        throw new StoreUnavailableException($"The ledger's database {_path} is locked.");
    }

    private SqliteLedgerTransaction Open()
    {
        _connection = new SqliteConnection(_writing);
        _connection.Open();
        var db = _connection.Handle ?? throw new InvalidOperationException("An open SQLite connection has no handle.");
        SqliteException.ThrowExceptionForRC(raw.sqlite3_busy_timeout(db, TryMs), db);
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(db, Settings), db);
        return new SqliteLedgerTransaction(this, db);
    }

    private static async IAsyncEnumerable<System.Data.Common.DbDataReader> ReadAsync(
        ReadSnapshot snapshot, string sql, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = snapshot.Command(sql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            yield return reader;
    }
}
