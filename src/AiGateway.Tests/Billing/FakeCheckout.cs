using AiGateway.Billing;
using AiGateway.Storage.Tables;

namespace AiGateway.Tests.Billing;

/// <summary>Remembers what it was asked to open, close and change.</summary>
internal sealed class FakeCheckout : ICheckoutSide
{
    public List<string> Asked { get; } = [];

    public Task<string?> NewCustomerAsync(string userId, CancellationToken cancel)
    {
        Asked.Add($"customer {userId}");
        return Task.FromResult<string?>("cus_of_" + userId);
    }

    public Task<(string SessionId, string Url)> OpenAsync(PurchaseRow purchase, string? customerId, string origin, CancellationToken cancel)
    {
        Asked.Add($"open {purchase.OfferId} {customerId}");
        return Task.FromResult(("cs_" + purchase.Id, "https://checkout.test/" + purchase.Id));
    }

    public Task ExpireAsync(string sessionId, CancellationToken cancel)
    {
        Asked.Add($"expire {sessionId}");
        return Task.CompletedTask;
    }

    public Task UpgradeAsync(string subscriptionId, PurchaseRow purchase, CancellationToken cancel)
    {
        Asked.Add($"upgrade {subscriptionId} {purchase.OfferId}");
        return Task.CompletedTask;
    }

    public Task<string?> PortalAsync(string customerId, string returnUrl, CancellationToken cancel) => Task.FromResult<string?>("https://portal.test/" + customerId);
}
