using AiGateway.Storage;
using AiGateway.Storage.Tables;

namespace AiGateway.Tests.Ledger;

/// <summary>A real store whose connection can be cut at a commit, before or after it took effect.</summary>
internal sealed class FaultyStore(LedgerStore inner) : LedgerStore
{
    /// <summary>The commit takes effect, but its answer never comes back.</summary>
    public bool LoseNextAnswer { get; set; }

    public bool FailNextCommit { get; set; }

    /// <summary>So many commits meet another writer's, and change nothing.</summary>
    public int Conflicts { get; set; }

    public override int BatchCap => inner.BatchCap;

    /// <summary>No transaction can be opened.</summary>
    public bool IsDown { get => Volatile.Read(ref _isDown); set => Volatile.Write(ref _isDown, value); }

    /// <summary>How many transactions were refused while it was down.</summary>
    public int Refused => Volatile.Read(ref _refused);

    private readonly ManualResetEventSlim _goesOn = new(initialState: true);
    private bool _isDown;
    private int _refused;

    /// <summary>The next transaction opens when the returned thing is disposed.</summary>
    public IDisposable HangAtBegin()
    {
        _goesOn.Reset();
        return new Hang(_goesOn);
    }

    public override async ValueTask<LedgerTransaction> BeginAsync(int patienceMs, CancellationToken cancel)
    {
        _goesOn.Wait(cancel);
        if (IsDown)
        {
            Interlocked.Increment(ref _refused);
            throw new StoreUnavailableException("down");
        }
        return new Cut(this, await inner.BeginAsync(patienceMs, cancel));
    }

    public override Task<DueWork> FindDueAsync(long nowMs, int limit, CancellationToken cancel) => inner.FindDueAsync(nowMs, limit, cancel);

    public override Task<ReadSnapshot> ReadSnapshotAsync(CancellationToken cancel) => inner.ReadSnapshotAsync(cancel);

    public override string DayOfSql(string column) => inner.DayOfSql(column);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Cut(FaultyStore faults, LedgerTransaction inner) : LedgerTransaction
    {
        public override bool Prefetches => inner.Prefetches;

        public override ValueTask PrefetchAsync(LedgerNeeds needs, CancellationToken cancel) => inner.PrefetchAsync(needs, cancel);
        public override ValueTask<AccountRow?> AccountAsync(string userId, CancellationToken cancel) => inner.AccountAsync(userId, cancel);
        public override ValueTask<AccountRow?> AccountAsync(long accountId, CancellationToken cancel) => inner.AccountAsync(accountId, cancel);
        public override ValueTask<TokenHoldRow?> HoldAsync(long accountId, string requestId, CancellationToken cancel) => inner.HoldAsync(accountId, requestId, cancel);
        public override ValueTask<SourceKeyRow?> SourceKeyAsync(string sourceKey, CancellationToken cancel) => inner.SourceKeyAsync(sourceKey, cancel);
        public override ValueTask<TokenLotRow?> LotAsync(string sourceKey, CancellationToken cancel) => inner.LotAsync(sourceKey, cancel);
        public override ValueTask<IReadOnlyList<TokenLotRow>> LotsAsync(long accountId, CancellationToken cancel) => inner.LotsAsync(accountId, cancel);
        public override ValueTask<long> NextAccountIdAsync(CancellationToken cancel) => inner.NextAccountIdAsync(cancel);
        public override ValueTask<long> NextLotIdAsync(CancellationToken cancel) => inner.NextLotIdAsync(cancel);
        public override ValueTask WriteAsync(LedgerChanges changes, CancellationToken cancel) => inner.WriteAsync(changes, cancel);
        public override ValueTask DisposeAsync() => inner.DisposeAsync();

        public override async ValueTask CommitAsync(CancellationToken cancel)
        {
            if (faults.FailNextCommit)
            {
                faults.FailNextCommit = false;
                throw new StoreUnavailableException("cut before the commit");
            }
            if (faults.Conflicts > 0)
            {
                faults.Conflicts--;
                throw new StoreConflictException("another writer came between");
            }
            await inner.CommitAsync(cancel);
            if (faults.LoseNextAnswer)
            {
                faults.LoseNextAnswer = false;
                throw new StoreUnavailableException("cut after the commit") { CommitIsUnknown = true };
            }
        }
    }

    private sealed class Hang(ManualResetEventSlim goesOn) : IDisposable
    {
        public void Dispose() => goesOn.Set();
    }
}
