using AiGateway.Pipeline;

namespace AiGateway.Hosting;

/// <summary>
/// The first half of stopping. From the moment that a stop is asked for, nothing new is let in; the server goes on listening, so that
/// probes are answered and newcomers are told to go elsewhere, until what was let in before has ended. Then everything else stops.
/// </summary>
internal sealed class Drain(IHostApplicationLifetime lifetime, TimeProvider time) : IHostedLifecycleService
{
    /// <summary>Calls are cut after <see cref="OpenCallsDeadline.Patience"/>; they need a moment to be charged.</summary>
    private static readonly TimeSpan Patience = OpenCallsDeadline.Patience + TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private long _inside;
    private volatile bool _isAsked;

    public bool IsOn => _isAsked || lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>What was let in has to <see cref="Leave"/>.</summary>
    /// <returns>False: the gateway is stopping.</returns>
    public bool TryEnter()
    {
        // First counted, then asked: whoever comes between is waited for.
        Interlocked.Increment(ref _inside);
        if (!IsOn)
            return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _inside);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isAsked = true;
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(Step, time);
        while (Interlocked.Read(ref _inside) > 0 && time.GetElapsedTime(started) < Patience)
            await timer.WaitForNextTickAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
