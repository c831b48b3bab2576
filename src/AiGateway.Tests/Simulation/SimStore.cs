using AiGateway.Storage;
using AiGateway.Storage.Tables;

namespace AiGateway.Tests.Simulation;

/// <summary>What goes wrong at one call to the database.</summary>
internal enum Fault
{
    None,
    /// <summary>The database cannot be reached; nothing happened.</summary>
    Unavailable,
    /// <summary>Another writer came between; nothing happened.</summary>
    Conflict,
    /// <summary>The database refuses the rows, for no reason that they gave.</summary>
    Rejected,
    /// <summary>The connection breaks at the commit: it did not take effect, but nobody can know.</summary>
    LostBefore,
    /// <summary>The commit took effect, and its answer is lost on the way back.</summary>
    LostAfter,
    /// <summary>The commit took effect, and is reported as failed.</summary>
    DeniedAfter,
    /// <summary>The process dies here, and at a commit before it takes effect.</summary>
    CrashBefore,
    /// <summary>The process dies here, and at a commit after it took effect.</summary>
    CrashAfter,
}

/// <summary>What is watched of a store, and where it is made to fail.</summary>
internal interface IStoreWatch
{
    /// <summary>A transaction begins.</summary>
    void Begun();
    /// <summary>The writer says what it will ask for, and what time it is.</summary>
    void Asked(LedgerNeeds needs);
    /// <summary>The commit took effect.</summary>
    void Committed(LedgerChanges changes);
    /// <summary>The rows could not be taken.</summary>
    void Refused(InvalidOperationException why);
    /// <summary>The process is dead from here on.</summary>
    void Crashed();
    Fault NextFault(bool isCommit);
}

/// <summary>One node's connection to the database: the tables in memory, one transaction after the other, and faults at any call.</summary>
internal sealed class SimStore(MemoryTables tables, IStoreWatch watch, int batchCap) : LedgerStore
{
    public override int BatchCap => batchCap;

    public override async ValueTask<LedgerTransaction> BeginAsync(int patienceMs, CancellationToken cancel)
    {
        watch.Begun();
        await FailAsync(watch.NextFault(isCommit: false));
        return new Transaction(this);
    }

    public override Task<DueWork> FindDueAsync(long nowMs, int limit, CancellationToken cancel) => Task.FromResult(tables.FindDue(nowMs, limit));

    public override Task<ReadSnapshot> ReadSnapshotAsync(CancellationToken cancel) => throw new NotSupportedException("The examiner reads the tables.");

    public override string DayOfSql(string column) => throw new NotSupportedException("No SQL is spoken here.");

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A dead process comes back from no call.</summary>
    private ValueTask FailAsync(Fault fault)
    {
        switch (fault)
        {
            case Fault.None:
                return ValueTask.CompletedTask;
            case Fault.Conflict:
                throw new StoreConflictException("simulated");
            case Fault.Rejected:
                throw new InvalidOperationException("simulated");
            case Fault.LostBefore or Fault.LostAfter:
                throw new StoreUnavailableException("simulated") { CommitIsUnknown = true };
            case Fault.Unavailable or Fault.DeniedAfter:
                throw new StoreUnavailableException("simulated");
            case Fault.CrashBefore or Fault.CrashAfter:
                watch.Crashed();
                return new ValueTask(new TaskCompletionSource().Task);
            default:
                throw new ArgumentOutOfRangeException(nameof(fault));
        }
    }

    private sealed class Transaction(SimStore store) : LedgerTransaction
    {
        private LedgerChanges? _changes;
        private long _accountId = store.Tables.LastAccountId, _lotId = store.Tables.LastLotId;

        public override async ValueTask PrefetchAsync(LedgerNeeds needs, CancellationToken cancel)
        {
            store.Watch.Asked(needs);
            await store.FailAsync(store.Watch.NextFault(isCommit: false));
        }

        public override ValueTask<AccountRow?> AccountAsync(string userId, CancellationToken cancel) => ReadAsync(store.Tables.Accounts.GetValueOrDefault(userId));

        public override ValueTask<AccountRow?> AccountAsync(long accountId, CancellationToken cancel) => ReadAsync(store.Tables.Accounts.GetValueOrDefault(store.Tables.Users[accountId]));

        public override ValueTask<TokenHoldRow?> HoldAsync(long accountId, string requestId, CancellationToken cancel) => ReadAsync(store.Tables.Holds.GetValueOrDefault((accountId, requestId)));

        public override ValueTask<SourceKeyRow?> SourceKeyAsync(string sourceKey, CancellationToken cancel) => ReadAsync(store.Tables.SourceKeys.GetValueOrDefault(sourceKey));

        public override ValueTask<TokenLotRow?> LotAsync(string sourceKey, CancellationToken cancel) => ReadAsync(store.Tables.LotsByKey.GetValueOrDefault(sourceKey));

        public override ValueTask<IReadOnlyList<TokenLotRow>> LotsAsync(long accountId, CancellationToken cancel) =>
            ReadAsync<IReadOnlyList<TokenLotRow>>(store.Tables.LotsOf(accountId).FindAll(lot => lot.Remaining > 0 || !lot.UsedUpBefore));

        public override ValueTask<long> NextAccountIdAsync(CancellationToken cancel) => ValueTask.FromResult(++_accountId);

        public override ValueTask<long> NextLotIdAsync(CancellationToken cancel) => ValueTask.FromResult(++_lotId);

        public override async ValueTask WriteAsync(LedgerChanges changes, CancellationToken cancel)
        {
            await store.FailAsync(store.Watch.NextFault(isCommit: false));
            _changes = changes;
        }

        public override async ValueTask CommitAsync(CancellationToken cancel)
        {
            var fault = store.Watch.NextFault(isCommit: true);
            if (fault is Fault.None or Fault.LostAfter or Fault.DeniedAfter or Fault.CrashAfter && _changes is not null)
                Apply(_changes ?? throw new InvalidOperationException("Nothing was written."));
            await store.FailAsync(fault);
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Apply(LedgerChanges changes)
        {
            try
            {
                store.Tables.Apply(changes);
            }
            catch (InvalidOperationException why)
            {
                store.Watch.Refused(why);
                throw;
            }
            store.Watch.Committed(changes);
        }

        private ValueTask<T> ReadAsync<T>(T row)
        {
            var fault = store.Watch.NextFault(isCommit: false);
            return fault == Fault.None ? ValueTask.FromResult(row) : FailedAsync(row, fault);
        }

        private async ValueTask<T> FailedAsync<T>(T row, Fault fault)
        {
            await store.FailAsync(fault);
            return row;
        }
    }

    private MemoryTables Tables => tables;
    private IStoreWatch Watch => watch;
}
