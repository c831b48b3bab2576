using System.Data;
using System.Data.Common;

namespace AiGateway.Storage;

/// <summary>
/// The ledger on SQL Server. One connection writes for this process, four round trips a batch (begin, read, write, commit); other processes do the same beside it, kept
/// apart by the locks of the accounts they touch.
/// </summary>
internal sealed class SqlServerLedgerStore(SqlServerSource source) : LedgerStore
{
    private DbConnection? _connection;
    private Task<DbConnection>? _opening;

    public override int BatchCap => 512;

    public override async ValueTask<LedgerTransaction> BeginAsync(int patienceMs, CancellationToken cancel)
    {
        // A kept connection may have died since the last batch, of a failover or of a firewall: nothing was sent over it yet, so a new one does as well.
        if (_connection is { State: ConnectionState.Open } kept && await TryBeginAsync(kept, cancel) is { } begun)
            return new SqlServerLedgerTransaction(this, kept, begun, patienceMs);
        Drop();
        var connection = await ConnectionAsync(patienceMs, cancel);
        try
        {
            return new SqlServerLedgerTransaction(this, connection, await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel), patienceMs);
        }
        catch (Exception broken) when (broken is DbException or InvalidOperationException)
        {
            Drop();
            throw new StoreUnavailableException($"The ledger's database cannot begin: {broken.Message}", broken);
        }
    }

    public override async Task<DueWork> FindDueAsync(long nowMs, int limit, CancellationToken cancel)
    {
        try
        {
            await using var connection = await source.OpenAsync(cancel);
            await using var command = connection.Statement(
                """
                SELECT TOP (@limit) a.user_id, h.request_id FROM token_holds AS h INNER JOIN accounts AS a ON a.id = h.account_id
                WHERE h.state < 2 AND h.expires_at <= @now ORDER BY h.expires_at;
                SELECT TOP (@limit) user_id FROM accounts WHERE next_due_at <= @now ORDER BY next_due_at;
                """,
                ("@limit", limit), ("@now", nowMs));
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var (holds, users) = (new List<(string, string)>(), new List<string>());
            while (await reader.ReadAsync(cancel))
                holds.Add((reader.GetString(0), reader.GetString(1)));
            await reader.NextResultAsync(cancel);
            while (await reader.ReadAsync(cancel))
                users.Add(reader.GetString(0));
            return new DueWork(holds, users);
        }
        catch (DbException error)
        {
            throw SqlServerFaults.Translate(error, "looking for work", mayBeCommitted: false);
        }
    }

    /// <summary>Snapshot isolation, because under row versioning alone every statement sees a moment of its own.</summary>
    public override async Task<ReadSnapshot> ReadSnapshotAsync(CancellationToken cancel)
    {
        DbConnection? connection = null;
        try
        {
            connection = await source.OpenUnpooledAsync(cancel);
            return new ReadSnapshot(connection, await connection.BeginTransactionAsync(IsolationLevel.Snapshot, cancel));
        }
        catch (DbException error)
        {
            if (connection is not null)
                await connection.DisposeAsync();
            throw new StoreUnavailableException($"The ledger's database cannot be read: {error.Message}", error);
        }
    }

    public override string DayOfSql(string column) => $"DATEDIFF(day, '19700101', {column})";

    public override ValueTask DisposeAsync()
    {
        Drop();
        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the connection: what it was doing is undone, and the next transaction opens a new one.</summary>
    internal void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }

    /// <returns>Null: the connection is of no use any more.</returns>
    private static async Task<DbTransaction?> TryBeginAsync(DbConnection connection, CancellationToken cancel)
    {
        try
        {
            return await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel);
        }
        catch (Exception broken) when (broken is DbException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A server that is slow to answer is not waited for beyond the patience, yet the connection goes on being made for the next batch.</summary>
    private async Task<DbConnection> ConnectionAsync(int patienceMs, CancellationToken cancel)
    {
        var opening = _opening ??= source.OpenAsync(CancellationToken.None);
        try
        {
            _connection = await opening.WaitAsync(TimeSpan.FromMilliseconds(patienceMs), cancel);
            _opening = null;
            return _connection;
        }
        catch (TimeoutException slow)
        {
            throw new StoreUnavailableException("The ledger's database is not there yet.", slow);
        }
        catch (Exception broken) when (broken is DbException or InvalidOperationException)
        {
            _opening = null;
            throw new StoreUnavailableException($"The ledger's database cannot be reached: {broken.Message}", broken);
        }
    }
}
