using System.Data;
using System.Data.Common;
using AiGateway.Storage.Tables;

namespace AiGateway.Storage;

/// <summary>
/// One batch on SQL Server: one statement locks the accounts in the order of their ids and fetches what was asked for, a second one writes.
/// What nobody announced costs a round trip of its own. The transaction is the driver's: a statement with parameters is run as a procedure,
/// and the server refuses one that leaves with more or fewer transactions than it found (error 266).
/// </summary>
internal sealed class SqlServerLedgerTransaction(SqlServerLedgerStore store, DbConnection connection, DbTransaction transaction, int patienceMs) : LedgerTransaction
{
    // A disk that stalls for so long is better answered by running the batch again, which tells what became of it.
    private const int WriteSeconds = 10;

    private SqlServerRows _rows = SqlServerRows.None;
    private bool _broken;

    public override async ValueTask PrefetchAsync(LedgerNeeds needs, CancellationToken cancel)
    {
        await using var command = Within(SqlServerLoad.Command(connection, needs, patienceMs));
        _rows = await TryAsync("reading", mayBeCommitted: false, async () => await SqlServerLoad.ReadAsync(command, needs, cancel), cancel);
    }

    public override async ValueTask<AccountRow?> AccountAsync(string userId, CancellationToken cancel)
    {
        if (!_rows.Knows(userId))
            await MoreAsync(new LedgerNeeds(new Dictionary<string, bool>(StringComparer.Ordinal) { [userId] = false }, [], [], [], 0), cancel);
        return _rows.Account(userId);
    }

    public override async ValueTask<AccountRow?> AccountAsync(long accountId, CancellationToken cancel) =>
        _rows.Account(accountId) ?? await OneAsync(SqlServerTables.Accounts, "t.id = @account", SqlServerReads.Account, cancel, ("@account", accountId));

    public override async ValueTask<TokenHoldRow?> HoldAsync(long accountId, string requestId, CancellationToken cancel) =>
        _rows.TryHold(accountId, requestId, out var hold)
            ? hold
            : await OneAsync(SqlServerTables.Holds, "t.account_id = @account AND t.request_id = @request", SqlServerReads.Hold, cancel, ("@account", accountId), ("@request", requestId));

    public override async ValueTask<SourceKeyRow?> SourceKeyAsync(string sourceKey, CancellationToken cancel) =>
        _rows.TrySourceKey(sourceKey, out var key)
            ? key
            : await OneAsync(SqlServerTables.SourceKeys, "t.source_key = @key", SqlServerReads.SourceKey, cancel, ("@key", sourceKey));

    public override async ValueTask<TokenLotRow?> LotAsync(string sourceKey, CancellationToken cancel)
    {
        if (!_rows.KnowsLot(sourceKey))
            await MoreAsync(new LedgerNeeds(new Dictionary<string, bool>(StringComparer.Ordinal), [], [], [sourceKey], 0), cancel);
        return _rows.Lot(sourceKey);
    }

    public override async ValueTask<IReadOnlyList<TokenLotRow>> LotsAsync(long accountId, CancellationToken cancel) =>
        _rows.Lots(accountId)
        ?? await AllAsync(SqlServerTables.Lots, "t.account_id = @account AND (t.remaining > 0 OR t.used_up_before = 0)", SqlServerReads.Lot, cancel, ("@account", accountId));

    public override ValueTask<long> NextAccountIdAsync(CancellationToken cancel) => NextAsync(_rows.FreshAccountIds, SqlServerDb.AccountIds, cancel);

    public override ValueTask<long> NextLotIdAsync(CancellationToken cancel) => NextAsync(_rows.FreshLotIds, SqlServerDb.LotIds, cancel);

    public override async ValueTask WriteAsync(LedgerChanges changes, CancellationToken cancel)
    {
        await using var command = Within(SqlServerWrite.Command(connection, changes, patienceMs));
        command.CommandTimeout = WriteSeconds;
        await TryAsync("writing", mayBeCommitted: false, () => command.ExecuteNonQueryAsync(cancel), cancel);
    }

    public override async ValueTask CommitAsync(CancellationToken cancel)
    {
        await TryAsync("committing", mayBeCommitted: true, async () =>
        {
            await transaction.CommitAsync(cancel);
            return true;
        }, cancel);
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync();
        }
        catch (Exception error) when (error is DbException or InvalidOperationException)
        {
            // The server undoes it itself when the connection goes.
            _broken = true;
        }
        if (_broken)
            store.Drop();
    }

    /// <summary>Locks and fetches what was not announced; later accounts may have lower ids then, and a deadlock is answered like any other.</summary>
    private async ValueTask MoreAsync(LedgerNeeds needs, CancellationToken cancel)
    {
        await using var command = Within(SqlServerLoad.Command(connection, needs, patienceMs));
        _rows = _rows.With(await TryAsync("reading", mayBeCommitted: false, async () => await SqlServerLoad.ReadAsync(command, needs, cancel), cancel));
    }

    private async ValueTask<TRow?> OneAsync<TRow>(
        SqlServerTable<TRow> table, string where, Func<DbDataReader, TRow> read, CancellationToken cancel, params (string, object?)[] values) where TRow : class =>
        (await AllAsync(table, where, read, cancel, values)).SingleOrDefault();

    private async ValueTask<IReadOnlyList<TRow>> AllAsync<TRow>(
        SqlServerTable<TRow> table, string where, Func<DbDataReader, TRow> read, CancellationToken cancel, params (string, object?)[] values)
    {
        await using var command = Within(connection.Statement($"{SqlServerLoad.Terms(patienceMs)}SELECT {table.Columns("t")} FROM {table.Name} AS t WITH (UPDLOCK, ROWLOCK) WHERE {where};", values));
        return await TryAsync("reading", mayBeCommitted: false, async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var rows = new List<TRow>();
            while (await reader.ReadAsync(cancel))
                rows.Add(read(reader));
            return rows;
        }, cancel);
    }

    private async ValueTask<long> NextAsync(Queue<long> fetched, string sequence, CancellationToken cancel)
    {
        if (fetched.TryDequeue(out var id))
            return id;
        await using var command = Within(connection.Statement($"SELECT NEXT VALUE FOR {sequence};"));
        return await TryAsync("reading", mayBeCommitted: false,
            async () => await command.ExecuteScalarAsync(cancel) is long next ? next : throw new InvalidOperationException($"{sequence} gave no number."), cancel);
    }

    private DbCommand Within(DbCommand command)
    {
        command.Transaction = transaction;
        return command;
    }

    private async Task<T> TryAsync<T>(string doing, bool mayBeCommitted, Func<Task<T>> work, CancellationToken cancel)
    {
        try
        {
            return await work();
        }
        catch (DbException error)
        {
            cancel.ThrowIfCancellationRequested();
            var fault = SqlServerFaults.Translate(error, doing, mayBeCommitted);
            _broken |= fault is StoreUnavailableException;
            if (ReferenceEquals(fault, error))
                throw;
            throw fault;
        }
        catch (InvalidOperationException gone) when (connection.State != ConnectionState.Open)
        {
            // The driver's word for a connection that it has given up since.
            _broken = true;
            throw new StoreUnavailableException($"The ledger's database went away while {doing}: {gone.Message}", gone) { CommitIsUnknown = mayBeCommitted };
        }
        catch
        {
            _broken = true;
            throw;
        }
    }
}
