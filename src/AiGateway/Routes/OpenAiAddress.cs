using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>
/// The cluster <c>openai</c> follows the convention of OpenAI's own libraries: its address ends in /v1, and what goes up is that address
/// with the caller's path behind it, less the path's leading /v1.
/// </summary>
internal sealed class OpenAiAddress(string? baseUrl)
{
    public const string ClusterId = "openai";

    private static readonly Dictionary<string, string> WithoutV1 = new() { ["PathRemovePrefix"] = "/v1" };

    public ProxyConfig Apply(IReadOnlyList<RouteConfig> routes, IReadOnlyList<ClusterConfig> clusters) =>
        new([.. routes.Select(Shorten)], [.. clusters.Select(Move)]);

    private ClusterConfig Move(ClusterConfig cluster)
    {
        if (baseUrl is null || !IsOpenAi(cluster.ClusterId) || cluster.Destinations is not { } destinations) return cluster;
        return cluster with { Destinations = destinations.ToDictionary(pair => pair.Key, pair => pair.Value with { Address = baseUrl }, StringComparer.OrdinalIgnoreCase) };
    }

    private static RouteConfig Shorten(RouteConfig route)
    {
        if (!IsOpenAi(route.ClusterId) || route.Transforms?.Any(ChangesPath) == true) return route;
        return route with { Transforms = [.. route.Transforms ?? [], WithoutV1] };
    }

    // PathSet, PathPrefix, PathRemovePrefix, PathPattern.
    private static bool ChangesPath(IReadOnlyDictionary<string, string> transform) =>
        transform.Keys.Any(key => key.StartsWith("Path", StringComparison.OrdinalIgnoreCase));

    private static bool IsOpenAi(string? clusterId) => ClusterId.Equals(clusterId, StringComparison.OrdinalIgnoreCase);
}
