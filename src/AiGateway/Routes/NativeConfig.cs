using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>Lets YARP's own binder read a ReverseProxy section, so that the file means exactly what YARP's documents say.</summary>
internal static class NativeConfig
{
    /// <exception cref="Exception">Whatever the binder throws for values that it cannot take.</exception>
    public static (IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters) Bind(byte[] json)
    {
        using var stream = new MemoryStream(json);
        var section = new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("ReverseProxy");
        // The provider type is internal: a container of its own is the public way to one. It is read once and thrown away.
        var services = new ServiceCollection().AddLogging();
        services.AddReverseProxy().LoadFromConfig(section);
        using var provider = services.BuildServiceProvider();
        var config = provider.GetRequiredService<IProxyConfigProvider>().GetConfig();
        return (config.Routes, config.Clusters);
    }
}

/// <summary>What YARP is given: lists, and a token that fires once when they are out of date.</summary>
internal sealed class ProxyConfig(IReadOnlyList<RouteConfig> routes, IReadOnlyList<ClusterConfig> clusters) : IProxyConfig
{
    private readonly CancellationTokenSource _outOfDate = new();

    public IReadOnlyList<RouteConfig> Routes => routes;

    public IReadOnlyList<ClusterConfig> Clusters => clusters;

    public IChangeToken ChangeToken => new CancellationChangeToken(_outOfDate.Token);

    public void Retire() => _outOfDate.Cancel();
}
