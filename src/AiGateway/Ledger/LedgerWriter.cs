using System.Threading.Channels;
using AiGateway.Storage;
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
    /// <summary>Keeps a transaction at a few milliseconds, so that a neighbour process gets its turn.</summary>
    public const int BatchCap = 256;

    // Some hundred milliseconds of work; a longer queue would only make callers wait for their refusal.
    private const int QueueCap = 8192;

    // New calls are turned away first, so that those that are already paid for can still be settled.
    private const int AdmissionCap = QueueCap * 3 / 4;

    // Admission answers within 2 s: what waits behind a locked batch meets the shorter patience.
    private const int PatienceMs = 800, PatienceAfterFailureMs = 300;

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
        var move = new QueuedMove<TAnswer>(command);
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
            await CommitAsync(batch, cancel);
            _lastFailed = false;
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

    private async ValueTask CommitAsync(IReadOnlyList<QueuedMove> batch, CancellationToken cancel)
    {
        await using (var transaction = await store.BeginAsync(_lastFailed ? PatienceAfterFailureMs : PatienceMs, cancel))
        {
            await transaction.PrefetchAsync(batch.Select(move => move.Command.UserId).OfType<string>(), cancel);
            var work = new LedgerBatch(transaction, time.GetUtcNow().ToUnixTimeMilliseconds(), _limits);
            foreach (var move in batch)
                (move.Answer, move.Error) = await work.RunAsync(move.Command, cancel);
            var changes = work.Changes;
            if (!changes.IsEmpty)
            {
                await transaction.WriteAsync(changes, cancel);
                await transaction.CommitAsync(cancel);
            }
        }
        foreach (var move in batch)
            move.Complete();
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
                WriteAsync(Take(BatchCap), _abandoned.Token).AsTask().GetAwaiter().GetResult();
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
