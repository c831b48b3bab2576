namespace AiGateway.Routes;

/// <summary>A cluster's Upstream.* metadata, and those of its destinations.</summary>
internal sealed record UpstreamCluster
{
    public required string ClusterId { get; init; }

    /// <summary>What holds for a destination that says nothing of its own.</summary>
    public Deployment Default { get; init; } = new();

    /// <summary>By destination id.</summary>
    public IReadOnlyDictionary<string, Deployment> Deployments { get; init; } = new Dictionary<string, Deployment>();

    /// <summary>How many deployments one call may be sent to, one after the other.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>How long a deployment may take to begin its answer while another could; null: as long as the cluster's ActivityTimeout.</summary>
    public TimeSpan? AnswerWithin { get; init; }

    /// <summary>Failures in a row after which the passive health policy "Answers" rests a deployment.</summary>
    public int BreakAfter { get; init; } = 3;

    public Deployment Of(string? destinationId) =>
        destinationId is not null && Deployments.TryGetValue(destinationId, out var deployment) ? deployment : Default;
}

/// <summary>One address that serves a cluster's models, with what it needs to be told.</summary>
internal sealed record Deployment
{
    /// <summary>The provider's key, resolved from env:NAME or file:PATH; null: none configured, no credential is sent.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Header name and value prefix, e.g. "Authorization" and "Bearer ".</summary>
    public string AuthHeaderName { get; init; } = "Authorization";
    public string AuthValuePrefix { get; init; } = "Bearer ";

    /// <summary>What the model is called here; null: as everywhere.</summary>
    public string? Model { get; init; }

    /// <summary>Set on every request that goes up.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Its share among the others' weights; 0: only when no other is there.</summary>
    public int Weight { get; init; } = 1;
}
