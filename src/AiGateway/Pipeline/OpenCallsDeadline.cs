namespace AiGateway.Pipeline;

/// <summary>After a stop was asked for, open answers may come to their end for five minutes; then they are cut and charged as seen.</summary>
internal sealed class OpenCallsDeadline : IDisposable
{
    /// <summary>Longer than nearly every answer; an orchestrator's patience has to be longer still.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _passed = new();
    private ITimer? _timer;

    public OpenCallsDeadline(IHostApplicationLifetime lifetime, TimeProvider time) =>
        lifetime.ApplicationStopping.Register(() => _timer = time.CreateTimer(_ => _passed.Cancel(), null, Patience, Timeout.InfiniteTimeSpan));

    public CancellationToken Passed => _passed.Token;

    public void Dispose()
    {
        _timer?.Dispose();
        _passed.Dispose();
    }
}
