using AiGateway.Pricing;
using AiGateway.Usage;

namespace AiGateway.Routes;

internal enum RouteAccess { Any, App }
internal enum WhenUsageMissing { Estimate, Hold, Flat }
internal enum OnClientDisconnect { Drain, Cancel }

/// <summary>A route's Metering.* metadata, parsed once a load. Defaults are the contract's.</summary>
internal sealed record MeteredRoute
{
    public required string RouteId { get; init; }
    public required UsageFormat Format { get; init; }
    public string Action { get; init; } = "other";
    public IReadOnlySet<string> Actions { get; init; } = new HashSet<string>();
    public RouteAccess Access { get; init; } = RouteAccess.Any;
    public long DefaultMaxOutputTokens { get; init; }
    public long FlatTokens { get; init; } = 1000;
    public WhenUsageMissing WhenUsageMissing { get; init; } = WhenUsageMissing.Estimate;
    public OnClientDisconnect OnClientDisconnect { get; init; } = OnClientDisconnect.Drain;
    public bool EnforceHold { get; init; }
    public bool InjectStreamUsage { get; init; } = true;
    public ChargeBy ChargeBy { get; init; } = ChargeBy.Tokens;
    public bool AllowUnmetered { get; init; }

    /// <summary>Other names for models, as callers write them; the model's own name goes up.</summary>
    public ModelMap Aliases { get; init; } = ModelMap.Empty;

    /// <summary>Which cluster serves a model; a model that is not named goes to the route's own.</summary>
    public ModelMap Models { get; init; } = ModelMap.Empty;

    /// <summary>The model decides where the call goes, or what goes up.</summary>
    public bool LooksAtModel => !Aliases.IsEmpty || !Models.IsEmpty;

    /// <summary>
    /// The answer lets the caller talk to the provider directly (realtime client secrets, WebRTC): refused unless <see cref="AllowUnmetered"/>.
    /// True where a route of kind openai.realtime names methods and GET, which opens a WebSocket, is not among them.
    /// </summary>
    public bool BypassesMeter { get; init; }

    /// <summary>The action type to book: the caller's where the route's list allows it, else the route's own.</summary>
    public bool Allows(string action) => Actions.Count == 0 || Actions.Contains(action);
}
