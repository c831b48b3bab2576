namespace AiGateway.Billing;

/// <summary>How this gateway meets Stripe.</summary>
/// <param name="SecretKey">Null: there is no Stripe; the demo checkout sells.</param>
/// <param name="WebhookSecret">What signs events; null: none was given, and no event can be believed.</param>
/// <param name="ApiBase">Where Stripe's API is; null: at Stripe's.</param>
internal sealed record BillingSettings(string? SecretKey, string? WebhookSecret, string? ApiBase)
{
    public bool IsDemo => SecretKey is null;

    /// <summary>A record would print its secrets.</summary>
    public override string ToString() => IsDemo ? "demo" : "Stripe";
}
