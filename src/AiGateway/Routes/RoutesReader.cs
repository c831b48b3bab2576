using AiGateway.ConfigFiles;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>Makes a <see cref="RouteTable"/> of routes.json, or says everything that is wrong with it.</summary>
internal sealed class RoutesReader(RoutesOptions options, IConfigValidator validator)
{
    private const string Section = "ReverseProxy";

    // Only to guess what was meant: which transforms there are is for YARP's validator to say.
    private static readonly string[] Transforms =
    [
        "PathPrefix", "PathRemovePrefix", "PathSet", "PathPattern", "QueryValueParameter", "QueryRouteParameter", "QueryRemoveParameter",
        "HttpMethodChange", "RequestHeadersCopy", "RequestHeaderOriginalHost", "RequestHeader", "RequestHeaderRouteValue", "RequestHeaderRemove",
        "RequestHeadersAllowed", "X-Forwarded", "Forwarded", "ClientCert", "ResponseHeadersCopy", "ResponseHeader", "ResponseHeaderRemove",
        "ResponseHeadersAllowed", "ResponseTrailersCopy", "ResponseTrailer", "ResponseTrailerRemove", "ResponseTrailersAllowed",
    ];

    public RouteTable? Read(byte[] json, ConfigProblems problems)
    {
        // 1. The text, with its lines.
        if (ConfigTree.Read(json, problems) is not { } root) return null;
        var section = SectionOf(root, problems);
        if (section is null) return null;

        // 2. Names, values and our own metadata: every mistake where it stands.
        var routes = section["Routes"]?.Members ?? [];
        var clusters = section["Clusters"]?.Members ?? [];
        new RoutesCheck(problems).Check(section, routes, clusters);
        var metered = routes.Select(route => MeteredRouteReader.Read(route, problems)).OfType<MeteredRoute>().ToArray();
        var upstream = clusters.Select(new UpstreamClusterReader(options.Secret, problems).Read).ToArray();
        foreach (var route in routes) CheckModels(route, metered, [.. clusters.Select(cluster => cluster.Name)], problems);
        if (problems.HasErrors) return null;

        // 3. What YARP makes of it, and its own validator's opinion.
        if (Bind(json, section, problems) is not { } bound) return null;
        RouteTwins.Check(bound.Routes, routes, problems);
        var shaped = new OpenAiAddress(options.OpenAiBaseUrl).Apply(bound.Routes, bound.Clusters);
        Validate(shaped, routes, clusters, problems);
        return problems.HasErrors ? null : new RouteTable(shaped, metered, upstream);
    }

    private static void CheckModels(ConfigMember route, MeteredRoute[] metered, IReadOnlyCollection<string> clusters, ConfigProblems problems)
    {
        if (route.Value["Metadata"]?["Metering.Models"] is not { } node) return;
        foreach (var (model, cluster) in metered.FirstOrDefault(each => each.RouteId == route.Name)?.Models.Entries ?? [])
            if (!clusters.Contains(cluster, StringComparer.OrdinalIgnoreCase))
                problems.Error(node, $"\"{model}\" leads to \"{cluster}\", and there is no such cluster{DidYouMean.HintOrList(cluster, clusters)}");
    }

    private static ConfigNode? SectionOf(ConfigNode root, ConfigProblems problems)
    {
        var file = new ObjectReader(root, problems);
        file.Text("$schema");
        var section = file.Required(Section);
        file.NoOthers();
        return section;
    }

    private static (IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters)? Bind(byte[] json, ConfigNode section, ConfigProblems problems)
    {
        try
        {
            return NativeConfig.Bind(json);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException or OverflowException)
        {
            // The binder names no place; the message often repeats the text that it could not read.
            problems.Error(Blame.Nearest(section, exception.Message), exception.Message);
            return null;
        }
    }

    private void Validate(ProxyConfig config, IReadOnlyList<ConfigMember> routes, IReadOnlyList<ConfigMember> clusters, ConfigProblems problems)
    {
        foreach (var route in config.Routes)
            Report(validator.ValidateRouteAsync(route), routes, route.RouteId, problems);
        foreach (var cluster in config.Clusters)
            Report(validator.ValidateClusterAsync(cluster), clusters, cluster.ClusterId, problems);
    }

    private static void Report(ValueTask<IList<Exception>> validation, IReadOnlyList<ConfigMember> members, string id, ConfigProblems problems)
    {
        // YARP's validators only look up policies in memory: this does not wait for anything.
        foreach (var exception in validation.AsTask().GetAwaiter().GetResult())
            if (members.FirstOrDefault(member => member.Name.Equals(id, StringComparison.OrdinalIgnoreCase)) is { } member)
                Report(Blame.Nearest(member.Value, exception.Message), exception.Message, problems);
    }

    private static void Report(ConfigNode blamed, string message, ConfigProblems problems)
    {
        var name = blamed.Path[(blamed.Path.LastIndexOf('.') + 1)..];
        var isTransform = blamed.Path.Contains(".Transforms[", StringComparison.OrdinalIgnoreCase) && !Transforms.Contains(name, StringComparer.OrdinalIgnoreCase);
        problems.Error(blamed, isTransform ? message + DidYouMean.Hint(name, Transforms) : message);
    }
}
