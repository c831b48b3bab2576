using AiGateway.Storage.Tables;

namespace AiGateway.Billing;

/// <summary>A seam to the outside world: where a buyer pays, Stripe's checkout or the demo's.</summary>
internal interface ICheckoutSide
{
    /// <returns>The customer's id; null: this side knows no customers.</returns>
    Task<string?> NewCustomerAsync(string userId, CancellationToken cancel);

    /// <param name="origin">This gateway's address as the buyer's browser reaches it, without a slash at the end.</param>
    /// <returns>The session's id, and where the buyer pays.</returns>
    Task<(string SessionId, string Url)> OpenAsync(PurchaseRow purchase, string? customerId, string origin, CancellationToken cancel);

    /// <summary>Closes a session that nobody shall pay any more; one that is closed already stays so.</summary>
    Task ExpireAsync(string sessionId, CancellationToken cancel);

    /// <summary>Moves a live subscription to a dearer price at once; the invoice that this makes grants.</summary>
    Task UpgradeAsync(string subscriptionId, PurchaseRow purchase, CancellationToken cancel);

    /// <returns>Where the customer sees his receipts and cancels; null: nowhere.</returns>
    Task<string?> PortalAsync(string customerId, string returnUrl, CancellationToken cancel);
}

/// <summary>There is no Stripe: a page of ours takes no money and says that it did.</summary>
internal sealed class DemoCheckoutSide : ICheckoutSide
{
    public Task<string?> NewCustomerAsync(string userId, CancellationToken cancel) => Task.FromResult<string?>(null);

    public Task<(string SessionId, string Url)> OpenAsync(PurchaseRow purchase, string? customerId, string origin, CancellationToken cancel) =>
        Task.FromResult((DemoEvents.SessionOf(purchase.Id), $"{origin}/demo/checkout/{purchase.Id}"));

    public Task ExpireAsync(string sessionId, CancellationToken cancel) => Task.CompletedTask;

    public Task UpgradeAsync(string subscriptionId, PurchaseRow purchase, CancellationToken cancel) => Task.CompletedTask;

    public Task<string?> PortalAsync(string customerId, string returnUrl, CancellationToken cancel) => Task.FromResult<string?>(null);
}
