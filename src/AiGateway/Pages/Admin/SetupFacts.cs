namespace AiGateway.Pages.Admin;

/// <summary>How this gateway is set up, as far as its files do not say.</summary>
/// <param name="Provider">Where calls go; null: to the demo provider.</param>
/// <param name="HasStripe">False: the demo checkout sells.</param>
internal sealed record SetupFacts(string? Provider, bool HasStripe, bool HasWebhookSecret, bool SendsAlerts, bool IsProduction, IReadOnlyList<string> AllowedOrigins);
