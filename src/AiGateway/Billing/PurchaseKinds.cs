namespace AiGateway.Billing;

/// <summary>purchases.kind.</summary>
internal static class PurchaseKinds
{
    public const string Plan = "plan", Pack = "pack";
}
