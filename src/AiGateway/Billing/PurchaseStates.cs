namespace AiGateway.Billing;

/// <summary>purchases.state.</summary>
internal static class PurchaseStates
{
    public const string Open = "open", Processing = "processing", Paid = "paid", Failed = "failed", Expired = "expired", Refunded = "refunded";
}
