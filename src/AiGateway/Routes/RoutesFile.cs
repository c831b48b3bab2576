using System.Runtime.CompilerServices;
using AiGateway.ConfigFiles;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>routes.json, live: gives YARP its configuration, and everyone else our reading of the very same routes.</summary>
internal sealed class RoutesFile : IProxyConfigProvider, IDisposable
{
    private readonly LiveFile<RouteTable> _file;
    private readonly RoutesReader _reader;

    // A call goes on with the route that it started on, also when a reload has changed or dropped it: YARP's own object leads to our reading of it.
    private readonly ConditionalWeakTable<RouteConfig, MeteredRoute> _readings = [];

    // The same for clusters, so that a call in flight never takes a new provider's key to an old provider's address.
    private readonly ConditionalWeakTable<ClusterConfig, UpstreamCluster> _upstreams = [];

    /// <exception cref="ConfigFileException">The file is missing or wrong.</exception>
    public RoutesFile(RoutesOptions options, IConfigValidator validator, TimeProvider clock, ILogger<RoutesFile> log)
    {
        _reader = new RoutesReader(options, validator);
        _file = new LiveFile<RouteTable>(options.Path, Read, clock, log, new SecretPlaces(options.Secret).Mark);
        _file.Replaced += (old, _) => old.Config.Retire();
    }

    public RouteTable Current => _file.Current;

    public FileStatus Status => _file.Status;

    /// <summary>How the file stands, in plain values for pages and programs.</summary>
    public RoutesStatus Report => RoutesStatus.Of(Status, Current);

    public IProxyConfig GetConfig() => _file.Current.Config;

    /// <summary>Our reading of the route that YARP matched for a call (<c>IReverseProxyFeature.Route.Config</c>).</summary>
    /// <exception cref="KeyNotFoundException">YARP never got this route from this file.</exception>
    public MeteredRoute For(RouteConfig route) => _readings.TryGetValue(route, out var reading) ? reading : For(route.RouteId);

    /// <exception cref="KeyNotFoundException">No such route in the file as it is now.</exception>
    public MeteredRoute For(string routeId) => Current.Route(routeId) ?? throw new KeyNotFoundException($"There is no route \"{routeId}\".");

    /// <summary>Our reading of the cluster that YARP forwards a call to (<c>IReverseProxyFeature.Cluster.Config</c>).</summary>
    /// <exception cref="KeyNotFoundException">YARP never got this cluster from this file.</exception>
    public UpstreamCluster ForCluster(ClusterConfig cluster) => _upstreams.TryGetValue(cluster, out var reading) ? reading : ForCluster(cluster.ClusterId);

    /// <exception cref="KeyNotFoundException">No such cluster in the file as it is now.</exception>
    public UpstreamCluster ForCluster(string clusterId) => Current.Cluster(clusterId) ?? throw new KeyNotFoundException($"There is no cluster \"{clusterId}\".");

    /// <summary>What would be wrong with this content, were it the file's. Nothing is changed.</summary>
    public IReadOnlyList<ConfigProblem> Validate(byte[] json)
    {
        var problems = new ConfigProblems(Status.Path);
        _reader.Read(json, problems);
        return problems.All;
    }

    /// <summary>Looks for an edit now instead of at the next tick.</summary>
    public void Look() => _file.Look();

    public void Dispose() => _file.Dispose();

    private RouteTable? Read(byte[] json, ConfigProblems problems)
    {
        if (_reader.Read(json, problems) is not { } table) return null;
        foreach (var route in table.Config.Routes)
            if (table.Route(route.RouteId) is { } reading) _readings.AddOrUpdate(route, reading);
        foreach (var cluster in table.Config.Clusters)
            if (table.Cluster(cluster.ClusterId) is { } reading) Remember(cluster, reading);
        return table;
    }

    // YARP keeps its older object where a cluster is unchanged: that one too must lead to a key that was read anew.
    private void Remember(ClusterConfig cluster, UpstreamCluster reading)
    {
        foreach (var same in _upstreams.Select(pair => pair.Key).Where(cluster.Equals).ToArray()) _upstreams.AddOrUpdate(same, reading);
        _upstreams.AddOrUpdate(cluster, reading);
    }
}
