using AiGateway.ConfigFiles;

namespace AiGateway.Routes;

/// <summary>Makes an <see cref="UpstreamCluster"/> of a cluster's section.</summary>
internal sealed class UpstreamClusterReader(Func<string, string?> secret, ConfigProblems problems)
{
    public const string Prefix = "Upstream.";

    /// <summary>The load balancing policy that goes by <see cref="Deployment.Weight"/>.</summary>
    public const string Weighted = "Weighted";

    private const int MostAttempts = 10;
    private const int MostFailures = 1000;

    private readonly DeploymentReader _deployments = new(secret, problems);

    public UpstreamCluster Read(ConfigMember cluster)
    {
        var metadata = new MetadataReader(cluster.Value, Prefix, problems);
        var common = _deployments.Read(metadata, new Deployment());
        var read = new UpstreamCluster
        {
            ClusterId = cluster.Name,
            Default = common,
            Attempts = (int)metadata.Whole("Attempts", 3, 1, MostAttempts),
            AnswerWithin = metadata.Duration("AnswerWithin"),
            BreakAfter = (int)metadata.Whole("BreakAfter", 3, 1, MostFailures),
            Deployments = Deployments(cluster.Value, common),
        };
        metadata.NoOthers("Metering.");
        return read;
    }

    /// <summary>One destination's own part of it.</summary>
    public Deployment ReadDeployment(ConfigNode destination, Deployment common)
    {
        var metadata = new MetadataReader(destination, Prefix, problems);
        var read = _deployments.Read(metadata, common) with { Weight = (int)metadata.Whole("Weight", 1, 0, DeploymentReader.MostWeight) };
        metadata.NoOthers("Metering.");
        return read;
    }

    private Dictionary<string, Deployment> Deployments(ConfigNode cluster, Deployment common)
    {
        var found = new Dictionary<string, Deployment>(StringComparer.OrdinalIgnoreCase);
        foreach (var destination in cluster["Destinations"]?.Members ?? [])
        {
            found[destination.Name] = ReadDeployment(destination.Value, common);
            if (destination.Value["Metadata"]?[Prefix + "Weight"] is { } weight && !Weighted.Equals(cluster["LoadBalancingPolicy"]?.Text, StringComparison.OrdinalIgnoreCase))
                problems.Warn(weight, $"has no effect: the cluster's LoadBalancingPolicy is not \"{Weighted}\"");
        }
        return found;
    }
}
