using AiGateway.Routes;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>
/// The load balancing policy "Weighted": each deployment gets its weight's share of the calls. Spread evenly, not by chance: steps of the
/// golden ratio fall into every stretch of the weights in proportion to its length. A deployment of weight 0 is a spare.
/// </summary>
internal sealed class WeightedBalancing(IServiceProvider services) : ILoadBalancingPolicy
{
    /// <summary>2^64 divided by the golden ratio.</summary>
    private const ulong Step = 0x9E3779B97F4A7C15;

    // Asked for when the first call comes: checking the routes file needs the policies' names.
    private RoutesFile? _routes;
    private ulong _turn;

    public string Name => UpstreamClusterReader.Weighted;

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        var upstream = (_routes ??= services.GetRequiredService<RoutesFile>()).ForCluster(cluster.Model.Config);
        var place = unchecked(Interlocked.Increment(ref _turn) * Step);
        var total = 0UL;
        foreach (var destination in availableDestinations)
            total += (ulong)upstream.Of(destination.DestinationId).Weight;
        if (total == 0)
            return availableDestinations.Count == 0 ? null : availableDestinations[(int)Math.BigMul(place, (ulong)availableDestinations.Count, out _)];
        var at = Math.BigMul(place, total, out _);
        foreach (var destination in availableDestinations)
        {
            var weight = (ulong)upstream.Of(destination.DestinationId).Weight;
            if (at < weight)
                return destination;
            at -= weight;
        }
        throw new InvalidOperationException("A place below the sum of the weights lies in one of them.");
    }
}
