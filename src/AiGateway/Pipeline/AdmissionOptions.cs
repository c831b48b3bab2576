using AiGateway.Ledger;

namespace AiGateway.Pipeline;

/// <summary>What one call, and one hour of calls, may take.</summary>
internal sealed class AdmissionOptions
{
    /// <summary>The single-action cap, in tokens held. 1 to 1,000,000,000.</summary>
    public long MaxTokensPerCall { get; set; } = 500_000;

    /// <summary>The hourly limit, read from ClientRateLimiting:GeneralRules:0.</summary>
    public CallLimit CallLimit { get; set; } = new(100, 3_600_000);

    /// <summary>The page where a signed-in user buys.</summary>
    public const string AddTokensPath = "/dashboard/tokens";

    /// <summary>Where a refusal for want of tokens sends people: that page, behind Server:PublicUrl where that is set.</summary>
    public string AddTokensUrl { get; set; } = AddTokensPath;
}
