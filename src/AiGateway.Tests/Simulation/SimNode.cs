using AiGateway.Ledger;
using AiGateway.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Simulation;

/// <summary>One gateway process: the real writer, bookkeeper, spool and sweeper, on a thread, a clock, a disk and a database that a seed plays with.</summary>
internal sealed class SimNode : IStoreWatch
{
    private readonly World _world;
    private readonly NodeLife _life = new();
    private readonly NodeContext _writing;
    private readonly Sweeper _sweeper;
    private readonly SpoolReplay _replay;
    private readonly Spool _spool;
    private Task? _batchTask, _sweep, _replaying;
    private BatchWatch? _batch;
    private Fault _fault;
    private int _callsToFault;

    public SimNode(World world, int slot)
    {
        (_world, Slot) = (world, slot);
        Context = new NodeContext(world.Thread, _life);
        _writing = new NodeContext(world.Thread, _life);
        Clock = new NodeClock(world.Time, () => _life.IsDead);
        var options = new LedgerOptions { HoldExpiry = TimeSpan.FromMilliseconds(World.HoldExpiryMs) };
        var store = new SimStore(world.Tables, this, World.BatchCap);
        Writer = new LedgerWriter(store, options, Clock, NullLogger<LedgerWriter>.Instance) { CallersGoOn = TaskCreationOptions.None };
        var disk = world.Disk.For(_life, world.NextDiskFault);
        _spool = new Spool(options, disk, Clock, NullLogger<Spool>.Instance);
        _replay = new SpoolReplay(disk, Writer, options, Clock, NullLogger<SpoolReplay>.Instance);
        Books = new Bookkeeper(Writer, new HoldKeeper(Writer, options, Clock, NullLogger<HoldKeeper>.Instance), _spool, Clock, NullLogger<Bookkeeper>.Instance);
        _sweeper = new Sweeper(store, Writer, new Leases(new NoConnections(), Clock), Clock, NullLogger<Sweeper>.Instance);
        Run(_spool.Open);
    }

    public int Slot { get; }
    public NodeContext Context { get; }
    public NodeClock Clock { get; }
    public LedgerWriter Writer { get; }
    public Bookkeeper Books { get; }
    public bool IsDead => _life.IsDead;
    /// <summary>Who is being served here.</summary>
    public int Callers { get; set; }
    /// <summary>The node's share of payments, where it has had one.</summary>
    public ServiceProvider? Billing { get; set; }
    public Task? Events { get; set; }
    public bool IsIdle => IsDead || Events is not { IsCompleted: false } && _batchTask is not { IsCompleted: false } && _sweep is not { IsCompleted: false } && _replaying is not { IsCompleted: false } && Writer.Queued == 0;

    public override string ToString() => $"node {Slot}: dead {IsDead}, queued {Writer.Queued}, batch {_batchTask?.Status}, sweep {_sweep?.Status}, replay {_replaying?.Status}";

    public void Die() => _life.IsDead = true;

    /// <summary>Does something as this process; if it dies over it, nobody hears of it.</summary>
    public void Run(Action work) => Context.Run(() =>
    {
        try
        {
            work();
        }
        catch (SimCrashException) when (IsDead)
        {
            // It died.
        }
    });

    /// <summary>Lets the writer have its next batch, if it is free for one.</summary>
    public void Write(int atMost)
    {
        if (IsDead || _batchTask is { IsCompleted: false } || Writer.Queued == 0)
            return;
        var queued = Writer.Take(atMost);
        _world.Operations += queued.Count;
        _batch = new BatchWatch(_world, queued);
        PlanFault();
        _writing.Run(() => _batchTask = Writer.WriteAsync(_batch.Wrap(), CancellationToken.None).AsTask());
    }

    public void Sweep()
    {
        if (!IsDead && _sweep is not { IsCompleted: false })
            Run(() => _sweep = _sweeper.SweepAsync(CancellationToken.None));
    }

    public void Replay()
    {
        if (!IsDead && _replaying is not { IsCompleted: false })
            Run(() => _replaying = _replay.ReplayAsync(CancellationToken.None));
    }

    public void KeepSlow() => Run(() => _spool.KeepSlow(Spool.Patience));

    void IStoreWatch.Begun() => _batch?.Begun();

    void IStoreWatch.Asked(LedgerNeeds needs) => _batch?.Asked(needs.NowMs);

    void IStoreWatch.Committed(LedgerChanges changes) => _world.Examine(() =>
    {
        _world.Examiner.See(changes);
        _batch?.TookEffect();
    });

    void IStoreWatch.Refused(InvalidOperationException why) => _world.Examine(() => throw new SimViolationException(why.Message));

    void IStoreWatch.Crashed() => Die();

    Fault IStoreWatch.NextFault(bool isCommit)
    {
        if (_world.IsCalm || _fault == Fault.None || _batch is null or { IsAlone: true } || --_callsToFault > 0)
            return Fault.None;
        if (!isCommit && _fault is Fault.LostBefore or Fault.LostAfter or Fault.DeniedAfter)
            return Fault.None;
        var fault = _fault;
        if (fault == Fault.Rejected)
            _batch.Rejected();
        _batch.GoesUnheard = fault == Fault.LostAfter;
        PlanFault(again: true);
        return fault;
    }

    private void PlanFault(bool again = false)
    {
        _fault = _world.PlanFault(again);
        _callsToFault = _fault == Fault.None ? 0 : _world.Chance.Next(1, 24);
    }

    private sealed class NoConnections : Connections
    {
        public override Task<System.Data.Common.DbConnection> OpenAsync(CancellationToken cancel) => throw new NotSupportedException("There is one sweeper at a time.");

        public override bool IsDuplicate(System.Data.Common.DbException failed) => false;
    }
}
