namespace AiGateway.Billing;

/// <summary>How this gateway meets Stripe.</summary>
/// <param name="SecretKey">Null: there is no Stripe; the demo checkout sells.</param>
/// <param name="WebhookSecret">What signs events; null: none was given, and no event can be believed.</param>
/// <param name="ApiBase">Where Stripe's API is; null: at Stripe's.</param>
internal sealed record BillingSettings(string? SecretKey, string? WebhookSecret, string? ApiBase)
{
    public static readonly TimeSpan DefaultReconcileAt = new(3, 30, 0);

    public bool IsDemo => SecretKey is null;

    /// <summary>The webhook secret as it stands now, where it may change while the gateway runs; null: it stays.</summary>
    public Func<string?>? WebhookSecretNow { get; init; }

    /// <summary>Every secret that signs events at present: two, with a comma between them, while one is being replaced.</summary>
    public IReadOnlyList<string> WebhookSecrets => (WebhookSecretNow?.Invoke() ?? WebhookSecret ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The time of day, UTC, at which Stripe's lists are compared with the books; null: never.</summary>
    public TimeSpan? ReconcileAt { get; init; } = DefaultReconcileAt;

    /// <summary>A record would print its secrets.</summary>
    public override string ToString() => IsDemo ? "demo" : "Stripe";
}
