using AiGateway.Ledger;

namespace AiGateway.Tests.Simulation;

/// <summary>
/// A world in one seed: two gateways on one database, their callers, payments, an operator, and everything that can go wrong. The same seed plays the
/// same world, on one thread and in virtual time. After every step the tables are examined, and every answer is compared with the model's.
/// </summary>
internal sealed class World : IDisposable
{
    public const long HoldExpiryMs = 900_000;
    public const int BatchCap = 32;
    private const int Nodes = 2;
    private const long Hour = 3_600_000, Day = 24 * Hour;
    private const int FullCheckEvery = 4_000;

    private readonly SimNode[] _nodes = new SimNode[Nodes];
    private readonly Load _load;
    private readonly int _faultsPerThousand;
    private SimViolationException? _violation;
    private int _nextFullCheck = FullCheckEvery;

    public World(int seed)
    {
        Chance = new Random(seed);
        StartMs = new DateTimeOffset(2026, 1, 20, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() + Chance.Next(1_000_000_000);
        Time = new SimTime(StartMs);
        // Every other world has payments: they go through a real database, which takes longer than all the rest.
        Stripe = seed % 2 == 1 ? new SimStripe(this) : null;
        Model = new Model(HoldExpiryMs);
        Examiner = new Examiner(Tables, Model);
        // Fair weather, the usual, and storm.
        _faultsPerThousand = (seed / 2 % 4) switch { 0 => 0, 1 => 150, _ => 40 };
        _load = new Load(this);
        for (var slot = 0; slot < Nodes; slot++)
            _nodes[slot] = new SimNode(this, slot);
    }

    public Random Chance { get; }
    public long StartMs { get; }
    public SimStripe? Stripe { get; }
    public SimTime Time { get; }
    public SimThread Thread { get; } = new();
    public MemoryTables Tables { get; } = new();
    public SimDisk Disk { get; } = new();
    public Model Model { get; }
    public Examiner Examiner { get; }
    /// <summary>Commands that went into a batch.</summary>
    public int Operations { get; set; }
    public int Crashes { get; private set; }
    /// <summary>Everything that took effect, in its order, to be played elsewhere; null: nobody asked for it.</summary>
    public List<PlayedBatch>? Played { get; init; }
    public int Faults { get; private set; }
    /// <summary>Nothing fails any more.</summary>
    public bool IsCalm { get; private set; }

    /// <exception cref="SimViolationException">Something is not as it must be.</exception>
    public void Play(int operations)
    {
        while (Operations < operations)
            Step();
        Calm();
        Examiner.CheckAll(Time.NowMs);
        Examiner.CheckRest();
        _load.Check();
        Stripe?.Check();
        Examiner.That("spool", Disk.Aside.Count == 0, $"set aside: {string.Join("\n", Disk.Aside)}");
    }

    public void Dispose() => Stripe?.Dispose();

    public SimNode Node(int slot) => _nodes[slot];

    public SimNode AnyNode() => _nodes[Chance.Next(Nodes)];

    /// <summary>What the production code would swallow must not get lost: the first violation ends the run.</summary>
    public void Examine(Action check)
    {
        try
        {
            check();
        }
        catch (Exception wrong)
        {
            _violation ??= wrong as SimViolationException ?? new SimViolationException($"{wrong}");
        }
    }

    public void TookEffect(IEnumerable<LedgerCommand> commands, IReadOnlyList<object> answers, long nowMs) => Played?.Add(new PlayedBatch([.. commands], answers, nowMs));

    public void Touched(LedgerCommand command, long nowMs)
    {
        if (Model.UserOf(command) is { } user)
            Examine(() => Examiner.Check(user, nowMs));
    }

    public Fault PlanFault(bool again)
    {
        if (IsCalm || Chance.Next(1000) >= (again ? 3 : 1) * _faultsPerThousand)
            return Fault.None;
        Faults++;
        return Chance.Next(20) switch
        {
            < 5 => Fault.Unavailable,
            < 9 => Fault.Conflict,
            < 10 => Fault.Rejected,
            < 12 => Fault.LostBefore,
            < 15 => Fault.LostAfter,
            < 16 => Fault.DeniedAfter,
            < 18 => Fault.CrashBefore,
            _ => Fault.CrashAfter,
        };
    }

    public Fault NextDiskFault() => IsCalm || Chance.Next(1000) >= _faultsPerThousand ? Fault.None : Chance.Next(4) switch
    {
        0 => Fault.CrashBefore,
        1 => Fault.CrashAfter,
        _ => Fault.Unavailable,
    };

    private void Step()
    {
        Ready();
        var node = AnyNode();
        if (node.IsDead)
        {
            if (Chance.Next(8) == 0)
                Restart(node.Slot);
            return;
        }
        switch (Chance.Next(1000))
        {
            case < 330:
                _load.Begin(node);
                break;
            case < 420:
                _load.Other(node);
                break;
            case < 760:
                node.Write(1 + Chance.Next(BatchCap));
                break;
            case < 960:
                Pass(Chance.Next(2_000));
                break;
            case < 975:
                node.Sweep();
                break;
            case < 983:
                node.KeepSlow();
                break;
            case < 990:
                node.Replay();
                break;
            case < 994:
                Pass(Chance.NextInt64(Chance.Next(4) == 0 ? 4 * Day : 2 * Hour));
                break;
            case < 996:
                // Set right again as often as set wrong.
                node.Clock.OffMs = Chance.Next(2) == 0 ? 0 : Chance.NextInt64(-2 * Hour, 2 * Hour);
                break;
            case < 997 when _faultsPerThousand > 0:
                node.Die();
                break;
            case < 1000:
                Pay(node);
                break;
        }
        if (Operations >= _nextFullCheck)
        {
            _nextFullCheck += FullCheckEvery;
            Examiner.CheckAll(Time.NowMs);
        }
    }

    private void Pay(SimNode node)
    {
        switch (Chance.Next(3))
        {
            case 0:
                Stripe?.Happen(node);
                break;
            case 1:
                Stripe?.Deliver(node);
                break;
            default:
                Stripe?.Work(node);
                break;
        }
    }

    private void Ready()
    {
        Thread.RunReady();
        if (_violation is not null)
            throw _violation;
    }

    private void Pass(long ms)
    {
        var until = Time.NowMs + ms;
        while (Time.WakeNext(until))
            Ready();
        Time.MoveTo(until);
    }

    private void Restart(int slot)
    {
        Crashes++;
        _nodes[slot] = new SimNode(this, slot);
    }

    /// <summary>Nothing fails any more and nobody new comes: what is under way comes to its end, and the sweeper ends the rest.</summary>
    private void Calm()
    {
        IsCalm = true;
        for (var slot = 0; slot < Nodes; slot++)
        {
            if (_nodes[slot].IsDead)
                Restart(slot);
            _nodes[slot].Clock.OffMs = 0;
        }
        Finish();
        // Longer than any hold lives that a wrong clock made.
        Pass(Day);
        _nodes[0].Sweep();
        Finish();
        Pass(Day);
        _nodes[1].Sweep();
        Finish();
    }

    private void Finish()
    {
        for (var rounds = 0; ; rounds++)
        {
            Examiner.That("end", rounds < 100_000, $"it never comes to rest: {_nodes[0]}; {_nodes[1]}");
            Ready();
            if (Disk.HasOrphans)
                _nodes[0].Replay();
            Stripe?.Deliver(_nodes[0]);
            Stripe?.Work(_nodes[0]);
            foreach (var node in _nodes)
                node.Write(BatchCap);
            Ready();
            if (Time.WakeNext(long.MaxValue) || !_nodes.All(node => node.IsIdle) || Disk.HasOrphans)
                continue;
            if (Stripe is null || !Stripe.HasMail && !Stripe.IsWaiting())
                return;
            // The worker waits longer and longer before it tries an event again.
            Time.MoveTo(Time.NowMs + Hour);
        }
    }
}

/// <summary>One transaction that took effect, or had nothing to write.</summary>
/// <param name="Answers">The answer to each command, or the type of its exception.</param>
internal sealed record PlayedBatch(IReadOnlyList<LedgerCommand> Commands, IReadOnlyList<object> Answers, long NowMs);
