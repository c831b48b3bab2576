using System.Security.Cryptography;
using System.Threading.Channels;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using AiGateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace AiGateway.Ledger;

/// <summary>
/// The one writer of a process: takes whatever is queued, runs it in arrival order in one transaction, commits, and only then
/// answers. There is no timer: the next batch starts when the last commit returns, so a lone call costs one commit and a crowd
/// shares one.
/// </summary>
internal sealed class LedgerWriter(LedgerStore store, LedgerOptions options, TimeProvider time, ILogger<LedgerWriter> log) : IAsyncDisposable
{
    // Some hundred milliseconds of work; a longer queue would only make callers wait for their refusal.
    private const int QueueCap = 8192;

    // New calls are turned away first, so that those that are already paid for can still be settled.
    private const int AdmissionCap = QueueCap * 3 / 4;

    // Admission answers within 2 s: what waits behind a locked batch meets the shorter patience.
    private const int PatienceMs = 800, PatienceAfterFailureMs = 300;

    // Two nodes that deadlock again and again get out of step by these pauses; more often is a fault, not a race.
    private const int MaxConflicts = 10, MaxUnknownCommits = 3, LongestPauseMs = 40;

    // So many moves in one batch are no chance; so many turns are enough for half of them to come back (docs/decisions/0017).
    private const int Crowd = 4, TurnsGiven = 16;

    private readonly Channel<QueuedMove> _queue = Channel.CreateBounded<QueuedMove>(new BoundedChannelOptions(QueueCap)
    {
        SingleReader = true,
        // The reader is a thread that blocks: waking it inline is cheaper than by way of the pool.
        AllowSynchronousContinuations = true,
    });
    private readonly CancellationTokenSource _abandoned = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LedgerLimits _limits = new(options.HoldExpiry.Ticks / TimeSpan.TicksPerMillisecond);
    private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);
    private bool _lastFailed;
    private int _started;

    public bool HasStopped => _ended.Task.IsCompleted;

    /// <summary>How many moves share a transaction at most.</summary>
    public int BatchCap => store.BatchCap;

    /// <summary>
    /// Callers go on elsewhere: the writer's thread has the next batch to see to. A simulation, which has one thread for all, lets them go on at once.
    /// </summary>
    internal TaskCreationOptions CallersGoOn { get; init; } = TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>Moves that wait for a batch.</summary>
    public int Queued => _queue.Reader.Count;

    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
            new Thread(Loop) { IsBackground = true, Name = "ledger writer" }.Start();
    }

    /// <exception cref="LedgerUnavailableException">Nothing was written, as far as is known; asking again is safe.</exception>
    public Task<TAnswer> SendAsync<TAnswer>(LedgerCommand<TAnswer> command)
    {
        var move = new QueuedMove<TAnswer>(command, CallersGoOn);
        if (command.IsAdmission && _queue.Reader.Count >= AdmissionCap || !_queue.Writer.TryWrite(move))
            move.Fail(Refusal());
        return move.Task;
    }

    /// <summary>Takes nothing more, writes what is queued, and ends.</summary>
    public async Task StopAsync()
    {
        _queue.Writer.TryComplete();
        if (Interlocked.Exchange(ref _started, 1) == 0)
            _ended.TrySetResult();
        await _ended.Task;
        await store.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _abandoned.Dispose();
        _wake.Dispose();
    }

    /// <summary>Stops where it is, as a crash would: what was not committed is lost, and its callers are never answered.</summary>
    internal void Abandon() => _abandoned.Cancel();

    /// <summary>One transaction. Every caller has been answered when it returns, whatever happened.</summary>
    internal async ValueTask WriteAsync(IReadOnlyList<QueuedMove> batch, CancellationToken cancel)
    {
        try
        {
            await InsistAsync(batch, cancel);
            _lastFailed = false;
            foreach (var move in batch)
                move.Complete();
        }
        catch (StoreUnavailableException unavailable)
        {
            _lastFailed = true;
            log.LogWarning(unavailable, "The ledger could not write a batch of {Count} moves", batch.Count);
            Fail(batch, unavailable);
        }
        catch (Exception rejected) when (batch.Count > 1)
        {
            // The database refused a row. Alone, each command shows whether it was its own.
            log.LogWarning(rejected, "A batch of {Count} moves was rejected; each is tried alone", batch.Count);
            foreach (var move in batch)
                await WriteAsync([move], cancel);
        }
        catch (Exception rejected)
        {
            log.LogError(rejected, "A move was rejected by the database: {Move}", batch[0].Command.GetType().Name);
            Fail(batch, rejected);
        }
    }

    /// <summary>Runs the batch until it is durable. What another writer came between is decided anew; what may have been committed already says so itself.</summary>
    private async ValueTask InsistAsync(IReadOnlyList<QueuedMove> batch, CancellationToken cancel)
    {
        var patienceMs = _lastFailed ? PatienceAfterFailureMs : PatienceMs;
        var (started, patience) = (time.GetTimestamp(), TimeSpan.FromMilliseconds(patienceMs));
        object?[]? unheard = null;
        for (var (conflicts, unknown) = (0, 0); ;)
        {
            try
            {
                await CommitAsync(batch, patienceMs, unheard, cancel);
                return;
            }
            catch (StoreConflictException conflict) when (time.GetElapsedTime(started) >= patience)
            {
                throw new StoreUnavailableException("The ledger's rows are locked.", conflict);
            }
            catch (StoreConflictException conflict) when (++conflicts < MaxConflicts)
            {
                log.LogDebug(conflict, "A batch of {Count} moves met another writer's and is run again", batch.Count);
            }
            catch (StoreUnavailableException lost) when (lost.CommitIsUnknown && ++unknown < MaxUnknownCommits)
            {
                log.LogWarning(lost, "Whether a batch of {Count} moves was committed is not known; it is run again", batch.Count);
                unheard = [.. batch.Select(move => move.Answer)];
            }
            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1, LongestPauseMs)), time, cancel);
        }
    }

    private async ValueTask CommitAsync(IReadOnlyList<QueuedMove> batch, int patienceMs, object?[]? unheard, CancellationToken cancel)
    {
        await using var transaction = await store.BeginAsync(patienceMs, cancel);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (transaction.Prefetches)
            await transaction.PrefetchAsync(LedgerBatch.NeedsOf(batch.Select(move => move.Command), now), cancel);
        var work = new LedgerBatch(transaction, now, _limits);
        for (var i = 0; i < batch.Count; i++)
        {
            var (answer, error) = await work.RunAsync(batch[i].Command, cancel);
            (batch[i].Answer, batch[i].Error) = (unheard is null ? answer : batch[i].Command.AnswerAgain(unheard[i], answer), error);
        }
        var changes = work.Changes;
        if (changes.IsEmpty)
            return;
        await transaction.WriteAsync(changes, cancel);
        await transaction.CommitAsync(cancel);
        Count(batch.Count, changes.Entries);
    }

    private static void Count(int moves, IEnumerable<TokenTransactionRow> entries)
    {
        Instruments.LedgerBatchSize.Record(moves);
        foreach (var row in entries)
            if (row.Entry is EntryNames.Usage or EntryNames.Correction)
                Instruments.Charged(row.ActionType, row.UsageSource, row.OpenAiModel, row.TokensUsed, row.CostNanoUsd);
            else if (row.Entry == EntryNames.Grant)
                Instruments.Granted(row.ActionType, -row.TokensUsed);
    }

    private LedgerUnavailableException Refusal()
    {
        if (_queue.Reader.Completion.IsCompleted)
            return new LedgerUnavailableException("The ledger has stopped.");
        Instruments.LimitReached("ledger_queue");
        return new LedgerUnavailableException("The ledger's queue is full.");
    }

    private static void Fail(IReadOnlyList<QueuedMove> batch, Exception reason)
    {
        foreach (var move in batch)
            move.Fail(new LedgerUnavailableException("The ledger cannot write.", reason));
    }

    /// <summary>The thread's work. Stores whose calls complete at once never leave it; others are waited for.</summary>
    private void Loop()
    {
        try
        {
            while (WaitForMoves())
            {
                var batch = Take(BatchCap);
                WriteAsync(batch, _abandoned.Token).AsTask().GetAwaiter().GetResult();
                LetComeBack(batch.Count);
            }
        }
        catch (OperationCanceledException) when (_abandoned.IsCancellationRequested)
        {
            // Abandoned on purpose: nobody is answered any more.
        }
        catch (Exception bug)
        {
            log.LogCritical(bug, "The ledger's writer ended");
            _queue.Writer.TryComplete();
            Fail(Take(int.MaxValue), bug);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>
    /// A crowd that was just answered asks again at once, and a batch begun for the first of them would cost the disk as much as one for all.
    /// So it goes first where it wants the core that this thread is on; where nobody waits for a core, no time passes.
    /// </summary>
    private void LetComeBack(int answered)
    {
        if (answered < Crowd)
            return;
        for (var turn = 0; turn < TurnsGiven && _queue.Reader.Count < answered / 2; turn++)
            Thread.Yield();
    }

    /// <summary>Sleeps at once where there is nothing to do: a thread that spins for work takes a core from those who bring it.</summary>
    private bool WaitForMoves()
    {
        var wait = _queue.Reader.WaitToReadAsync(_abandoned.Token).AsTask();
        if (!wait.IsCompleted)
        {
            _wake.Reset();
            wait.GetAwaiter().UnsafeOnCompleted(_wake.Set);
            _wake.Wait();
        }
        return wait.GetAwaiter().GetResult();
    }

    /// <summary>What the next batch would be. Whoever has no thread for the writer, as a simulation, takes and writes by turns.</summary>
    internal List<QueuedMove> Take(int atMost)
    {
        var batch = new List<QueuedMove>();
        while (batch.Count < atMost && _queue.Reader.TryRead(out var move))
            batch.Add(move);
        return batch;
    }
}
