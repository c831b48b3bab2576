using AiGateway.ConfigFiles;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>What must hold of a ReverseProxy section before YARP's binder sees it.</summary>
internal sealed class RoutesCheck(ConfigProblems problems)
{
    private static readonly string[] CredentialHeaders = ["Authorization", "api-key", "x-api-key", "x-goog-api-key"];

    private readonly YarpShape _shape = new(problems);

    public void Check(ConfigNode section, IReadOnlyList<ConfigMember> routes, IReadOnlyList<ConfigMember> clusters)
    {
        var known = new ObjectReader(section, problems);
        foreach (var name in new[] { "Routes", "Clusters" })
            if (known.Required(name) is { Members.Count: 0 } empty) problems.Error(empty, $"{name} must be an object that names at least one");
        known.NoOthers();
        foreach (var cluster in clusters) CheckCluster(cluster);
        foreach (var route in routes) CheckRoute(route, [.. clusters.Select(cluster => cluster.Name)]);
    }

    private void CheckCluster(ConfigMember cluster)
    {
        CheckId(cluster);
        _shape.CheckObject(cluster.Value, typeof(ClusterConfig), nameof(ClusterConfig.ClusterId));
        if (cluster.Value["Destinations"] is not { Members.Count: > 0 })
            problems.Error(cluster.Place, cluster.Value.Path, "names no destination");
        foreach (var destination in cluster.Value["Destinations"]?.Members ?? [])
            CheckAddress(destination);
    }

    private void CheckAddress(ConfigMember destination)
    {
        if (destination.Value["Address"] is not { } address)
            problems.Error(destination.Place, destination.Value.Path, "says no Address");
        else if (!Uri.TryCreate(address.Text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            problems.Error(address, $"\"{address.Text}\" is not an http(s) address");
        else if (LinkLocal.IsAt(uri))
            problems.Error(address, $"\"{address.Text}\" is a link-local address, where clouds keep credentials: no provider is there");
    }

    private void CheckRoute(ConfigMember route, IReadOnlyCollection<string> clusters)
    {
        CheckId(route);
        _shape.CheckObject(route.Value, typeof(RouteConfig), nameof(RouteConfig.RouteId));
        CheckClusterOf(route, clusters);
        CheckPath(route);
        foreach (var transform in route.Value["Transforms"]?.Items ?? []) CheckTransform(transform);
    }

    private void CheckClusterOf(ConfigMember route, IReadOnlyCollection<string> clusters)
    {
        if (route.Value["ClusterId"] is not { Text.Length: > 0 } cluster)
            problems.Error(route.Place, route.Value.Path, "says no ClusterId");
        else if (!clusters.Contains(cluster.Text, StringComparer.OrdinalIgnoreCase))
            problems.Error(cluster, $"there is no cluster \"{cluster.Text}\"{DidYouMean.HintOrList(cluster.Text, clusters)}");
    }

    private void CheckPath(ConfigMember route)
    {
        if (route.Value["Match"] is not { } match) problems.Error(route.Place, route.Value.Path, "says no Match: it would take every call");
        else if (match["Path"] is { } path && path.Text.StartsWith("/v1/organization", StringComparison.OrdinalIgnoreCase))
            problems.Error(path, "/v1/organization is the provider account's own administration and is never forwarded");
    }

    private void CheckTransform(ConfigNode transform)
    {
        if (transform["RequestHeader"] is not { } header || !CredentialHeaders.Contains(header.Text, StringComparer.OrdinalIgnoreCase)) return;
        if ((transform["Set"] ?? transform["Append"]) is { } value)
            problems.Error(value, "a key must not be written here: use Upstream.ApiKey with env:NAME or file:PATH, and Upstream.AuthHeader");
    }

    // The binder splits keys at colons, so such an id would quietly become another shape.
    private void CheckId(ConfigMember member)
    {
        if (member.Name.Length == 0 || member.Name.Contains(':')) problems.Error(member.Place, member.Value.Path, $"\"{member.Name}\" cannot be an id: it must not be empty or hold a colon");
    }
}
