using System.Data.Common;
using AiGateway.Storage.Tables;

namespace AiGateway.Storage;

/// <summary>
/// How the ledger's writer reaches one database: one writing transaction at a time, and the reads that look for work.
/// A store knows no rules. It throws <see cref="StoreUnavailableException"/> where the database cannot be reached or is locked, and
/// <see cref="StoreConflictException"/> where another writer came between; anything else that it throws is about the rows it was given.
/// </summary>
internal abstract class LedgerStore : IAsyncDisposable
{
    /// <summary>How many moves share a transaction. On SQLite some hundred keep it at a few milliseconds, so that a neighbour process gets its turn.</summary>
    public virtual int BatchCap => 256;

    /// <summary>Opens the writing transaction. Whatever account it reads is its own until it ends.</summary>
    /// <param name="patienceMs">How long to wait for a lock that somebody else holds.</param>
    public abstract ValueTask<LedgerTransaction> BeginAsync(int patienceMs, CancellationToken cancel);

    /// <summary>Looks for holds whose time has run out and accounts with something due; takes no lock.</summary>
    public abstract Task<DueWork> FindDueAsync(long nowMs, int limit, CancellationToken cancel);

    /// <summary>A reading transaction that sees one moment. The caller disposes it, and its connection with it.</summary>
    public abstract Task<ReadSnapshot> ReadSnapshotAsync(CancellationToken cancel);

    /// <summary>SQL for the UTC day of a token_transactions.created_at, in days since 1970-01-01.</summary>
    public abstract string DayOfSql(string column);

    public abstract ValueTask DisposeAsync();
}

/// <summary>One writing transaction. Reads see what was committed before it began; disposing it without a commit undoes it.</summary>
internal abstract class LedgerTransaction : IAsyncDisposable
{
    /// <summary>Whether it wants to be told what a batch will ask for, which takes going through the batch.</summary>
    public virtual bool Prefetches => true;

    /// <summary>Names what a batch will ask for, so that a store with round trips can lock and fetch it as a set, accounts in id order.</summary>
    public virtual ValueTask PrefetchAsync(LedgerNeeds needs, CancellationToken cancel) => ValueTask.CompletedTask;

    public abstract ValueTask<AccountRow?> AccountAsync(string userId, CancellationToken cancel);

    public abstract ValueTask<AccountRow?> AccountAsync(long accountId, CancellationToken cancel);

    public abstract ValueTask<TokenHoldRow?> HoldAsync(long accountId, string requestId, CancellationToken cancel);

    public abstract ValueTask<SourceKeyRow?> SourceKeyAsync(string sourceKey, CancellationToken cancel);

    public abstract ValueTask<TokenLotRow?> LotAsync(string sourceKey, CancellationToken cancel);

    /// <summary>The account's lots that hold tokens or still count in its allocation.</summary>
    public abstract ValueTask<IReadOnlyList<TokenLotRow>> LotsAsync(long accountId, CancellationToken cancel);

    /// <summary>A number that no account has; another one at each call.</summary>
    public abstract ValueTask<long> NextAccountIdAsync(CancellationToken cancel);

    public abstract ValueTask<long> NextLotIdAsync(CancellationToken cancel);

    public abstract ValueTask WriteAsync(LedgerChanges changes, CancellationToken cancel);

    public abstract ValueTask CommitAsync(CancellationToken cancel);

    public abstract ValueTask DisposeAsync();
}

/// <summary>What one batch changed, each row once and in its last state. Usage rows are increments; notes on objects add to what is known and take nothing back.</summary>
internal sealed record LedgerChanges(
    IReadOnlyCollection<AccountRow> NewAccounts,
    IReadOnlyCollection<AccountRow> Accounts,
    IReadOnlyCollection<TokenHoldRow> NewHolds,
    IReadOnlyCollection<TokenHoldRow> Holds,
    IReadOnlyCollection<TokenLotRow> NewLots,
    IReadOnlyCollection<TokenLotRow> Lots,
    IReadOnlyCollection<TokenTransactionRow> Entries,
    IReadOnlyCollection<SourceKeyRow> SourceKeys,
    IReadOnlyCollection<UsageDailyRow> Usage,
    IReadOnlyCollection<ProviderObjectRow> Objects)
{
    public bool IsEmpty =>
        NewAccounts.Count + Accounts.Count + NewHolds.Count + Holds.Count + NewLots.Count + Lots.Count
        + Entries.Count + SourceKeys.Count + Usage.Count + Objects.Count == 0;
}

/// <param name="Holds">Open holds past their time: whose, and which.</param>
/// <param name="UserIds">Accounts with a lot or a period that has run out.</param>
internal sealed record DueWork(IReadOnlyList<(string UserId, string RequestId)> Holds, IReadOnlyList<string> UserIds);

/// <summary>A reading transaction with the connection that it owns.</summary>
internal sealed class ReadSnapshot(DbConnection connection, DbTransaction transaction) : IAsyncDisposable
{
    public DbCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}

/// <summary>What a batch will ask for. Asking for more is allowed, and costs a round trip each.</summary>
/// <param name="Users">User ids; true where the account's lots will be asked for whether or not something is due.</param>
/// <param name="Lots">Source keys of lots; their accounts, with all of their lots, are concerned too.</param>
/// <param name="NowMs">Accounts with something due by then need their lots.</param>
internal sealed record LedgerNeeds(
    IReadOnlyDictionary<string, bool> Users, IReadOnlyCollection<(string UserId, string RequestId)> Holds,
    IReadOnlyCollection<string> SourceKeys, IReadOnlyCollection<string> Lots, long NowMs);

/// <summary>The database cannot be reached, is locked, or broke off: nothing is known to be wrong with the rows.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The connection was lost while it committed: the rows are there, or none of them is. The same moves may be run again, and tell.</summary>
    public bool CommitIsUnknown { get; init; }
}

/// <summary>Another writer came between (a deadlock, a lock held for long, a key that was free a moment ago): nothing was written, and the same moves may be run again.</summary>
internal sealed class StoreConflictException(string message, Exception? inner = null) : Exception(message, inner);
