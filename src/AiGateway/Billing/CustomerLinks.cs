using AiGateway.Accounts;
using Stripe;

namespace AiGateway.Billing;

/// <summary>Whose account an event is about. What was found out once is kept.</summary>
internal sealed class CustomerLinks(BillingStore store, EventInbox inbox, IStripeSide side)
{
    public const string UserKey = "aigateway_user_id";

    /// <summary>The stored link, else what Stripe's objects say: the subscription's metadata, the customer's, the session's reference.</summary>
    /// <returns>Null: nobody's; an operator links the customer.</returns>
    public async Task<string?> UserOfAsync(string? customerId, IReadOnlyDictionary<string, string>? ofSubscription, Subscription? subscription, string? reference, CancellationToken cancel)
    {
        if (customerId is not null && await store.UserOfAsync(customerId, cancel) is { } known)
            return known;
        var found = Named(ofSubscription) ?? Named(subscription?.Metadata)
            ?? (customerId is null ? null : Named((await side.CustomerAsync(customerId, cancel))?.Metadata)) ?? Fine(reference);
        if (found is not null && customerId is not null)
            await LinkAsync(customerId, found, cancel);
        return found;
    }

    /// <returns>How many parked events wait for the worker again.</returns>
    public async Task<int> LinkAsync(string customerId, string userId, CancellationToken cancel)
    {
        await store.LinkCustomerAsync(customerId, userId, cancel);
        return await inbox.UnparkAsync(customerId, cancel);
    }

    private static string? Named(IReadOnlyDictionary<string, string>? metadata) => Fine(metadata?.GetValueOrDefault(UserKey));

    private static string? Fine(string? userId) => UserIds.Check(userId) is null ? userId : null;
}
