namespace AiGateway.Tests.Simulation;

/// <summary>
/// The one line of time that all nodes of a simulated world live on. It moves only when it is told to, and wakes whoever waits in the order in which
/// they shall wake. Waits end at steps of fifty milliseconds: what production draws by lot to get out of step would else differ from run to run.
/// </summary>
internal sealed class SimTime(long nowMs)
{
    private const long GrainMs = 50;

    private readonly PriorityQueue<SimTimer, (long DueMs, long Number)> _timers = new();
    private long _number;

    public long NowMs { get; private set; } = nowMs;

    /// <summary>When somebody wakes next; null: nobody waits.</summary>
    public long? NextMs
    {
        get
        {
            while (_timers.TryPeek(out var timer, out var due))
                if (timer.IsDue(due.Number))
                    return due.DueMs;
                else
                    _timers.Dequeue();
            return null;
        }
    }

    /// <summary>Moves on to the next who waits, but no further than allowed, and wakes him.</summary>
    /// <returns>False: nobody waits for so little.</returns>
    public bool WakeNext(long untilMs)
    {
        if (NextMs is not { } next || next > untilMs)
            return false;
        NowMs = Math.Max(NowMs, next);
        _timers.Dequeue().Fire();
        return true;
    }

    public void MoveTo(long ms) => NowMs = Math.Max(NowMs, ms);

    internal long Add(SimTimer timer, TimeSpan wait)
    {
        var ms = (wait.Ticks / TimeSpan.TicksPerMillisecond + GrainMs - 1) / GrainMs * GrainMs;
        _timers.Enqueue(timer, (NowMs + ms, ++_number));
        return _number;
    }
}

/// <summary>A node's own clock: its time of day may be wrong, and its timers die with it.</summary>
internal sealed class NodeClock(SimTime time, Func<bool> isDead) : TimeProvider
{
    /// <summary>How far the time of day is off.</summary>
    public long OffMs { get; set; }

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => time.NowMs;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(time.NowMs + OffMs);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new SimTimer(time, isDead, callback, state, dueTime);
}

/// <summary>Fires once for each time that it is set.</summary>
internal sealed class SimTimer : ITimer
{
    private readonly SimTime _time;
    private readonly Func<bool> _isDead;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private long _set;

    public SimTimer(SimTime time, Func<bool> isDead, TimerCallback callback, object? state, TimeSpan dueTime)
    {
        (_time, _isDead, _callback, _state) = (time, isDead, callback, state);
        Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _set = dueTime == Timeout.InfiniteTimeSpan ? 0 : _time.Add(this, dueTime);
        return true;
    }

    public bool IsDue(long number) => number == _set && !_isDead();

    public void Fire()
    {
        _set = 0;
        _callback(_state);
    }

    public void Dispose() => _set = 0;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
