using AiGateway.Storage.Tables;
using Stripe;
using Stripe.Checkout;

namespace AiGateway.Billing;

/// <summary>Stripe's hosted checkout.</summary>
internal sealed class StripeCheckoutSide(StripeClient client) : ICheckoutSide
{
    private const string Complete = "complete", Expired = "expired";

    public async Task<string?> NewCustomerAsync(string userId, CancellationToken cancel)
    {
        var options = new CustomerCreateOptions { Metadata = new Dictionary<string, string> { [CustomerLinks.UserKey] = userId } };
        return (await client.V1.Customers.CreateAsync(options, cancellationToken: cancel)).Id;
    }

    public async Task<(string SessionId, string Url)> OpenAsync(PurchaseRow purchase, string? customerId, string origin, CancellationToken cancel)
    {
        var metadata = Metadata(purchase);
        var isPlan = purchase.Kind == PurchaseKinds.Plan;
        var session = await client.V1.Checkout.Sessions.CreateAsync(new SessionCreateOptions
        {
            Mode = isPlan ? "subscription" : "payment", Customer = customerId, ClientReferenceId = purchase.UserId, Metadata = metadata,
            LineItems = [new SessionLineItemOptions { Price = purchase.PriceId, Quantity = 1 }],
            SuccessUrl = $"{origin}/checkout/{purchase.Id}", CancelUrl = $"{origin}/checkout/{purchase.Id}?cancelled=true",
            SubscriptionData = isPlan ? new SessionSubscriptionDataOptions { Metadata = metadata } : null,
            PaymentIntentData = isPlan ? null : new SessionPaymentIntentDataOptions { Metadata = metadata },
        }, new RequestOptions { IdempotencyKey = $"cs:{purchase.Id}" }, cancel);
        return (session.Id, session.Url);
    }

    public async Task ExpireAsync(string sessionId, CancellationToken cancel)
    {
        var session = await client.V1.Checkout.Sessions.GetAsync(sessionId, cancellationToken: cancel);
        if (session.Status is not (Complete or Expired))
            await client.V1.Checkout.Sessions.ExpireAsync(sessionId, cancellationToken: cancel);
    }

    public async Task UpgradeAsync(string subscriptionId, PurchaseRow purchase, CancellationToken cancel)
    {
        var item = (await client.V1.Subscriptions.GetAsync(subscriptionId, cancellationToken: cancel)).Items.Data[0];
        await client.V1.Subscriptions.UpdateAsync(subscriptionId, new SubscriptionUpdateOptions
        {
            Items = [new SubscriptionItemOptions { Id = item.Id, Price = purchase.PriceId }],
            // Nothing changes until the money is there; what is left of the paid period is credited.
            PaymentBehavior = "pending_if_incomplete", ProrationBehavior = "always_invoice",
        }, new RequestOptions { IdempotencyKey = $"up:{purchase.Id}" }, cancel);
    }

    public async Task<string?> PortalAsync(string customerId, string returnUrl, CancellationToken cancel)
    {
        var options = new Stripe.BillingPortal.SessionCreateOptions { Customer = customerId, ReturnUrl = returnUrl };
        return (await client.V1.BillingPortal.Sessions.CreateAsync(options, cancellationToken: cancel)).Url;
    }

    private static Dictionary<string, string> Metadata(PurchaseRow purchase) =>
        new() { [CheckoutEvents.PurchaseKey] = purchase.Id, [CustomerLinks.UserKey] = purchase.UserId };
}
