using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>Which route takes a call, and what follows from that.</summary>
/// <param name="Path">The path as it is matched: with /v1 where the caller left it out.</param>
/// <param name="Addresses">Where it goes, as configured.</param>
internal sealed record RouteExplanation(
    string Route, string Path, string Pattern, string Methods, string Kind, string Action, string Actions, RouteAccess Access, string ChargeBy,
    long DefaultMaxOutputTokens, long FlatTokens, WhenUsageMissing WhenUsageMissing, OnClientDisconnect OnClientDisconnect, bool EnforceHold,
    bool InjectStreamUsage, bool IsRefusedAsUnmetered, string Cluster, string Addresses)
{
    public static RouteExplanation Of(string path, RouteConfig config, MeteredRoute route, ClusterConfig? cluster) => new(
        route.RouteId, path, config.Match.Path ?? "", config.Match.Methods is { Count: > 0 } methods ? string.Join(", ", methods) : "any",
        route.Format.ToString(), route.Action, route.Actions.Count == 0 ? "any" : string.Join(", ", route.Actions), route.Access, route.ChargeBy.ToString(),
        route.DefaultMaxOutputTokens, route.FlatTokens, route.WhenUsageMissing, route.OnClientDisconnect, route.EnforceHold,
        route.InjectStreamUsage, route is { BypassesMeter: true, AllowUnmetered: false }, config.ClusterId ?? "",
        string.Join(", ", cluster?.Destinations?.Values.Select(destination => destination.Address) ?? []));
}
