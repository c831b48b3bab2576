using AiGateway.Accounts;
using AiGateway.Api;
using AiGateway.Billing;
using AiGateway.Jobs;
using AiGateway.Ledger;
using AiGateway.Pipeline;

namespace AiGateway.Hosting;

/// <summary>Everything that is configured outside config/*.json, read and checked once at start.</summary>
internal sealed record GatewaySettings
{
    public required bool IsProduction { get; init; }
    /// <summary>How browsers reach this gateway, scheme and host; null: as each request says.</summary>
    public Uri? PublicUrl { get; init; }

    public required LedgerOptions Ledger { get; init; }
    public required AdmissionOptions Admission { get; init; }
    public required AdminOptions Admin { get; init; }
    /// <summary>Whose tokens are credentials besides keys; null: nobody's.</summary>
    public JwtOptions? Jwt { get; init; }

    /// <summary>Origins whose pages may use /gateway/v1 and the widgets.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];
    public required BillingSettings Stripe { get; init; }
    public required AlertOptions Alerts { get; init; }
    /// <summary>Opens /metrics to whoever sends it; null: the machine and its private networks need none.</summary>
    public string? MetricsKey { get; init; }

    public string? OpenAiKey { get; init; }

    /// <summary>Reads the provider's own cost report; null: nobody asks for it.</summary>
    public string? OpenAiAdminKey { get; init; }
    public string? OpenAiBaseUrl { get; init; }

    /// <summary>config/ in the working directory, else beside the program.</summary>
    public required string ConfigFolder { get; init; }

    /// <summary>No provider is configured: ours answers.</summary>
    public bool UsesDemoProvider => OpenAiKey is null && OpenAiBaseUrl is null;
}
