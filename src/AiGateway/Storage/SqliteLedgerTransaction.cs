using AiGateway.Storage.Tables;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AiGateway.Storage;

/// <summary>The writing transaction of a <see cref="SqliteLedgerStore"/>; one object a connection, begun again for every batch.</summary>
internal sealed class SqliteLedgerTransaction : LedgerTransaction
{
    private readonly SqliteLedgerStore _store;
    private readonly sqlite3 _db;
    private readonly SqliteStatement _begin, _commit, _rollback, _dataVersion;
    private readonly SqliteLedgerReads _reads;
    private readonly SqliteLedgerWrites _writes;
    private readonly SqliteRowMemory _memory = new();
    private LedgerChanges? _written;
    private long? _lastAccountId, _lastLotId;
    private bool _open;
    private bool _broken;

    public SqliteLedgerTransaction(SqliteLedgerStore store, sqlite3 db)
    {
        _store = store;
        _db = db;
        // IMMEDIATE: what is read here cannot be changed by anybody else before this transaction ends.
        _begin = new SqliteStatement(db, "BEGIN IMMEDIATE");
        _commit = new SqliteStatement(db, "COMMIT");
        _rollback = new SqliteStatement(db, "ROLLBACK");
        _dataVersion = new SqliteStatement(db, "PRAGMA data_version");
        _reads = new SqliteLedgerReads(db);
        _writes = new SqliteLedgerWrites(db);
    }

    /// <returns>False where somebody else holds the lock.</returns>
    public bool TryBegin()
    {
        try
        {
            _begin.Run();
            _open = true;
            (_lastAccountId, _lastLotId, _written) = (null, null, null);
            _memory.Begin(DataVersion());
            return true;
        }
        catch (SqliteException locked) when (locked.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
        {
            return false;
        }
    }

    /// <summary>Every read is a step into memory: there is no trip to save.</summary>
    public override bool Prefetches => false;

    public override ValueTask<AccountRow?> AccountAsync(string userId, CancellationToken cancel) =>
        _memory.Account(userId) is { } known ? ValueTask.FromResult<AccountRow?>(known) : ReadAccount(userId);

    public override ValueTask<AccountRow?> AccountAsync(long accountId, CancellationToken cancel) => Done(() => _reads.Account(accountId));

    public override ValueTask<TokenHoldRow?> HoldAsync(long accountId, string requestId, CancellationToken cancel) =>
        _memory.OpenHold(accountId, requestId) is { } known ? ValueTask.FromResult<TokenHoldRow?>(known) : ReadHold(accountId, requestId);

    public override ValueTask<SourceKeyRow?> SourceKeyAsync(string sourceKey, CancellationToken cancel) => Done(() => _reads.SourceKey(sourceKey));

    public override ValueTask<TokenLotRow?> LotAsync(string sourceKey, CancellationToken cancel) => Done(() => _reads.Lot(sourceKey));

    public override ValueTask<IReadOnlyList<TokenLotRow>> LotsAsync(long accountId, CancellationToken cancel) => Done(() => _reads.Lots(accountId));

    public override ValueTask<long> NextAccountIdAsync(CancellationToken cancel) => Done(() => (_lastAccountId = (_lastAccountId ?? _reads.LastAccountId()) + 1).Value);

    public override ValueTask<long> NextLotIdAsync(CancellationToken cancel) => Done(() => (_lastLotId = (_lastLotId ?? _reads.LastLotId()) + 1).Value);

    public override ValueTask WriteAsync(LedgerChanges changes, CancellationToken cancel)
    {
        Done(() => { _writes.Write(changes); return true; });
        _written = changes;
        return ValueTask.CompletedTask;
    }

    public override ValueTask CommitAsync(CancellationToken cancel)
    {
        Done(() => { _commit.Run(); return true; });
        _open = false;
        if (_written is { } written)
            _memory.Committed(written);
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        if (_open && !_broken)
            Done(() => { _rollback.Run(); return true; });
        _open = false;
        if (_broken)
            _store.Drop();
        return ValueTask.CompletedTask;
    }

    public void Close()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _dataVersion.Dispose();
        _reads.Dispose();
        _writes.Dispose();
    }

    private ValueTask<AccountRow?> ReadAccount(string userId) => Done(() => _reads.Account(userId));

    private ValueTask<TokenHoldRow?> ReadHold(long accountId, string requestId) => Done(() => _reads.Hold(accountId, requestId));

    private long DataVersion()
    {
        _dataVersion.Step();
        var version = _dataVersion.Long(0);
        _dataVersion.Reset();
        return version;
    }

    /// <summary>A constraint or a type is about the rows; every other failure is the database's, and its connection is not used again.</summary>
    private ValueTask<T> Done<T>(Func<T> work)
    {
        try
        {
            return ValueTask.FromResult(work());
        }
        catch (SqliteException broken) when (broken.SqliteErrorCode is not (raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG or raw.SQLITE_RANGE))
        {
            _broken = true;
            throw new StoreUnavailableException($"The ledger's database broke off: {broken.Message}", broken);
        }
    }
}
