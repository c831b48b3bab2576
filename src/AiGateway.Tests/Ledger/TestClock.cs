namespace AiGateway.Tests.Ledger;

/// <summary>The time of day stands still until a test moves it; waits and timers are real, so that nothing hangs on the clock.</summary>
internal sealed class TestClock(DateTimeOffset start) : TimeProvider
{
    private long _now = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _now), TimeSpan.Zero);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);
}
