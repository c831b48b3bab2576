using Microsoft.AspNetCore.Http.Features;

namespace AiGateway.Pipeline.Metering;

/// <summary>
/// Stands in for the request's own lifetime, so that a caller who leaves does not end the provider's answer:
/// it is read on, within bounds, because it will be billed.
/// </summary>
internal sealed class CallLifetime : IHttpRequestLifetimeFeature, IDisposable
{
    /// <summary>A longer answer to nobody costs more than it tells; beyond this it is charged as seen.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromMinutes(5);

    private readonly IHttpRequestLifetimeFeature _original;
    private readonly CancellationTokenSource _upstream = new();
    private readonly CancellationTokenRegistration _callerLeft;
    private readonly CancellationTokenRegistration _deadline;
    private readonly OpenDrains? _drains;
    private readonly TimeProvider _time;
    private ITimer? _drainTimer;
    private int _isDraining;

    /// <param name="drains">Null: a caller who leaves ends the provider's answer.</param>
    public CallLifetime(IHttpRequestLifetimeFeature original, OpenDrains? drains, CancellationToken deadline, TimeProvider time)
    {
        _original = original;
        RequestAborted = _upstream.Token;
        (_drains, _time) = (drains, time);
        _deadline = deadline.Register(CancelUpstream);
        _callerLeft = original.RequestAborted.Register(OnCallerLeft);
    }

    public CancellationToken RequestAborted { get; set; }

    public bool CallerIsGone => _original.RequestAborted.IsCancellationRequested;

    public CancellationToken CallerAborted => _original.RequestAborted;

    /// <summary>The proxy wants the connection cut, because the provider's answer was.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>Only noted: the cut comes after the charge, and after the bytes that were passed on have left.</summary>
    public void Abort() => IsAborted = true;

    /// <summary>Stops reading the provider's answer.</summary>
    public void CancelUpstream()
    {
        try
        {
            _upstream.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The timer fired while the call was ending: there is nothing left to stop.
        }
    }

    public void Dispose()
    {
        _callerLeft.Dispose();
        _deadline.Dispose();
        _drainTimer?.Dispose();
        if (Interlocked.Exchange(ref _isDraining, 0) == 1)
            _drains?.End();
        _upstream.Dispose();
    }

    private void OnCallerLeft()
    {
        // Made here and not with the call: hardly any call needs it.
        if (_drains is null || !_drains.TryBegin())
        {
            CancelUpstream();
            return;
        }
        Volatile.Write(ref _isDraining, 1);
        _drainTimer = _time.CreateTimer(_ => CancelUpstream(), null, DrainTime, Timeout.InfiniteTimeSpan);
    }
}
