using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>One good load of routes.json, whole and immutable: what YARP gets, and our own reading of the same routes.</summary>
internal sealed class RouteTable
{
    private readonly Dictionary<string, MeteredRoute> _routes;
    private readonly Dictionary<string, UpstreamCluster> _clusters;
    private readonly IReadOnlyList<RoutePath> _paths;

    public RouteTable(ProxyConfig config, IEnumerable<MeteredRoute> routes, IEnumerable<UpstreamCluster> clusters)
    {
        Config = config;
        _routes = routes.ToDictionary(route => route.RouteId, StringComparer.OrdinalIgnoreCase);
        _clusters = clusters.ToDictionary(cluster => cluster.ClusterId, StringComparer.OrdinalIgnoreCase);
        _paths = [.. config.Routes.Where(route => route.Match.Path is not null).Select(route => new RoutePath(route)).Order()];
    }

    public ProxyConfig Config { get; }

    public IReadOnlyCollection<MeteredRoute> Routes => _routes.Values;

    public IReadOnlyCollection<UpstreamCluster> Clusters => _clusters.Values;

    /// <summary>Every route with what follows from it, as the file orders them.</summary>
    public IReadOnlyList<RouteExplanation> All =>
        [.. from config in Config.Routes let route = Route(config.RouteId) where route is not null select Explain(config.Match.Path ?? "", config, route, null)];

    public MeteredRoute? Route(string routeId) => _routes.GetValueOrDefault(routeId);

    public UpstreamCluster? Cluster(string clusterId) => _clusters.GetValueOrDefault(clusterId);

    /// <summary>
    /// The route that a call would take, by method and path alone (headers, hosts and queries are not looked at): for estimates, and for paths
    /// that come without their /v1. The pipeline itself goes by what YARP matched.
    /// </summary>
    public MeteredRoute? Find(string method, string path) => Matching(method, path) is { } match ? Route(match.Config.RouteId) : null;

    /// <summary>Whether a route that names its endpoint, and is not a catch-all over everything, takes this call.</summary>
    public bool IsNamed(string method, string path) => Matching(method, path) is { IsCatchAllOfEverything: false };

    /// <summary>The path, as routes.json writes it, that comes nearest to one that matched nothing; null: nothing is near.</summary>
    public string? Nearest(string path) => ConfigFiles.DidYouMean.Nearest(path, _paths.Where(route => !route.IsCatchAllOfEverything).Select(route => route.Pattern));

    /// <summary>What happens to such a call; null: no route takes it.</summary>
    /// <param name="model">The model that the body names; null: none.</param>
    public RouteExplanation? Explain(string method, string path, string? model = null)
    {
        var withV1 = "/v1" + path;
        var taken = Matching(method, path) is null && IsNamed(method, withV1) ? withV1 : path;
        if (Matching(method, taken) is not { } match || Route(match.Config.RouteId) is not { } route)
            return null;
        var serves = model is null ? null : route.Aliases.Find(model) ?? model;
        return Explain(taken, match.Config, route, serves);
    }

    private RouteExplanation Explain(string path, RouteConfig config, MeteredRoute route, string? model)
    {
        var clusterId = (model is null ? null : route.Models.Find(model)) ?? config.ClusterId;
        var cluster = Config.Clusters.FirstOrDefault(each => each.ClusterId.Equals(clusterId, StringComparison.OrdinalIgnoreCase));
        return RouteExplanation.Of(path, config, route, cluster, clusterId is null ? null : Cluster(clusterId), model);
    }

    private RoutePath? Matching(string method, string path)
    {
        var segments = RoutePath.Split(path);
        return _paths.FirstOrDefault(candidate => candidate.Matches(method, segments));
    }
}
