using System.Runtime.CompilerServices;
using AiGateway.Routes;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>
/// The passive health policy "Answers", a circuit breaker: a deployment that fails so often in a row rests for the cluster's ReactivationPeriod, one
/// that asks to be left alone for as long as it asks. Then it is tried again, and rests again with its next failure.
/// </summary>
internal sealed class AnswersHealth(IDestinationHealthUpdater health, IServiceProvider services) : IPassiveHealthCheckPolicy
{
    /// <summary>A provider whose clock or mood is off must not be lost for a day.</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan DefaultRest = TimeSpan.FromSeconds(60);

    private sealed class Failures
    {
        public int InARow;
    }

    private readonly ConditionalWeakTable<DestinationState, Failures> _failures = [];
    private RoutesFile? _routes;

    public string Name => "Answers";

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (context.Features.Get<MeteredCall>() is not { } call || HasFailed(context, call) is not { } hasFailed)
            return;
        var failures = _failures.GetOrCreateValue(destination);
        if (!hasFailed)
        {
            failures.InARow = 0;
            health.SetPassive(cluster, destination, DestinationHealth.Healthy, TimeSpan.Zero);
            return;
        }
        var inARow = Interlocked.Increment(ref failures.InARow);
        var breaks = (_routes ??= services.GetRequiredService<RoutesFile>()).ForCluster(cluster.Model.Config).BreakAfter;
        if (call.RetryAfter is { } asked)
            Rest(cluster, destination, asked < LongestRest ? asked : LongestRest);
        else if (inARow >= breaks)
            Rest(cluster, destination, cluster.Model.Config.HealthCheck?.Passive?.ReactivationPeriod ?? DefaultRest);
    }

    private void Rest(ClusterState cluster, DestinationState destination, TimeSpan time) => health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, time);

    /// <returns>Null: the call says nothing about the deployment, as where its caller left.</returns>
    private static bool? HasFailed(HttpContext context, MeteredCall call) => context.GetForwarderErrorFeature()?.Error switch
    {
        null => call.UpstreamStatus is 401 or 408 or 429 or >= 500,
        ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.RequestBodyDestination or ForwarderError.ResponseHeaders
            or ForwarderError.ResponseBodyDestination or ForwarderError.UpgradeRequestDestination or ForwarderError.UpgradeResponseDestination => true,
        _ => null,
    };
}
