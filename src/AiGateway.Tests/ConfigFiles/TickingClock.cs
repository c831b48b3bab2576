namespace AiGateway.Tests.ConfigFiles;

/// <summary>Time that goes on only when told to; one periodic timer is all that a live file takes.</summary>
internal sealed class TickingClock : TimeProvider
{
    private readonly List<Tick> _ticks = [];
    private DateTimeOffset _now = new(2026, 8, 21, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var tick = new Tick(callback, state, period, _now + dueTime);
        _ticks.Add(tick);
        return tick;
    }

    public void Advance(TimeSpan time)
    {
        _now += time;
        foreach (var tick in _ticks) tick.RunUntil(_now);
    }

    private sealed class Tick(TimerCallback callback, object? state, TimeSpan period, DateTimeOffset next) : ITimer
    {
        private DateTimeOffset? _next = next;

        public void RunUntil(DateTimeOffset now)
        {
            while (_next is { } due && due <= now)
            {
                _next = due + period;
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod) => throw new NotSupportedException("Nobody changes this one.");

        public void Dispose() => _next = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
