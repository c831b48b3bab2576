using System.Globalization;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>Which route takes a call, and what follows from that.</summary>
/// <param name="Path">The path as it is matched: with /v1 where the caller left it out.</param>
/// <param name="Aliases">Other names for models.</param>
/// <param name="Models">Which models go to which cluster.</param>
/// <param name="Model">What goes up for the model that was asked about, but for a deployment's own name.</param>
/// <param name="Deployments">Where it goes, as configured, each with its weight where there are several.</param>
/// <param name="Attempts">To how many of them one call may be sent, one after the other.</param>
internal sealed record RouteExplanation(
    string Route, string Path, string Pattern, string Methods, string Kind, string Action, string Actions, RouteAccess Access, string ChargeBy,
    long DefaultMaxOutputTokens, long FlatTokens, WhenUsageMissing WhenUsageMissing, OnClientDisconnect OnClientDisconnect, bool EnforceHold,
    bool InjectStreamUsage, bool IsRefusedAsUnmetered, string Aliases, string Models, string? Model, string Cluster, string Deployments, int Attempts)
{
    public static RouteExplanation Of(string path, RouteConfig config, MeteredRoute route, ClusterConfig? cluster, UpstreamCluster? upstream, string? model) => new(
        route.RouteId, path, config.Match.Path ?? "", config.Match.Methods is { Count: > 0 } methods ? string.Join(", ", methods) : "any",
        route.Format.ToString(), route.Action, route.Actions.Count == 0 ? "any" : string.Join(", ", route.Actions), route.Access, route.ChargeBy.ToString(),
        route.DefaultMaxOutputTokens, route.FlatTokens, route.WhenUsageMissing, route.OnClientDisconnect, route.EnforceHold,
        route.InjectStreamUsage, route is { BypassesMeter: true, AllowUnmetered: false }, route.Aliases.ToString(), route.Models.ToString(), model, cluster?.ClusterId ?? "",
        string.Join(", ", (cluster?.Destinations ?? new Dictionary<string, DestinationConfig>()).Select(each => Text(each.Key, each.Value, upstream))),
        Math.Min(upstream?.Attempts ?? 1, Math.Max(1, cluster?.Destinations?.Count ?? 0)));

    private static string Text(string id, DestinationConfig destination, UpstreamCluster? upstream) =>
        upstream is { Deployments.Count: > 1 }
            ? string.Create(CultureInfo.InvariantCulture, $"{id} {destination.Address} (weight {upstream.Of(id).Weight}{(upstream.Of(id).Model is { } name ? $", model {name}" : "")})")
            : destination.Address;
}
