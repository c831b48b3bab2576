using AiGateway.Ledger;
using AiGateway.Storage.Tables;
using Stripe.Checkout;

namespace AiGateway.Billing;

/// <summary>Checkout sessions: a paid one grants its pack. A plan's session links customer and subscription, and its invoice grants.</summary>
internal sealed class CheckoutEvents(BillingStore store, CustomerLinks links, SubscriptionMirror mirror, PaymentClaims claims, IStripeSide side, Bookkeeper ledger)
{
    public const string PurchaseKey = "purchase_id";

    public async Task<EventVerdict> CompletedAsync(Session session, CancellationToken cancel)
    {
        if (session.Metadata?.GetValueOrDefault(PurchaseKey) is not { } id || await store.PurchaseAsync(id, cancel) is not { } purchase)
            return await ElsewhereAsync(session, cancel);
        if (session.CustomerId is { } customer && await links.UserOfAsync(customer, null, null, purchase.UserId, cancel) != purchase.UserId)
            return EventVerdict.Parked("the customer is another user's", customer);
        return session.Mode switch
        {
            "subscription" => await SubscribedAsync(session, purchase, cancel),
            "payment" => await PaidAsync(session, purchase, cancel),
            _ => EventVerdict.Ignored("nothing follows from this mode"),
        };
    }

    public async Task<EventVerdict> ClosedAsync(Session session, string state, CancellationToken cancel)
    {
        if (session.Metadata?.GetValueOrDefault(PurchaseKey) is not { } id || await store.PurchaseAsync(id, cancel) is null)
            return EventVerdict.Ignored("the session is not of this gateway");
        await store.SetStateAsync(id, state, cancel);
        return EventVerdict.Applied;
    }

    private async Task<EventVerdict> PaidAsync(Session session, PurchaseRow purchase, CancellationToken cancel)
    {
        if (session.PaymentStatus == "unpaid")
        {
            await store.SetStateAsync(purchase.Id, PurchaseStates.Processing, cancel);
            return EventVerdict.Ignored("it is not paid yet");
        }
        if (purchase.Kind != PurchaseKinds.Pack || (session.AmountSubtotal ?? session.AmountTotal) != purchase.UsdCents || session.Currency != "usd")
            return EventVerdict.Parked("what was paid is not what was offered", session.CustomerId);
        var key = $"cs:{session.Id}";
        await ledger.GrantAsync(new GrantRequest(purchase.UserId, purchase.Tokens, LotKind.Pack, "token_pack", key), cancel);
        var payment = new PaymentRow
        {
            SourceKey = key, UserId = purchase.UserId, OfferId = purchase.OfferId, Tokens = purchase.Tokens, Charged = session.AmountTotal ?? purchase.UsdCents,
            Currency = session.Currency, PaymentIntentId = session.PaymentIntentId,
        };
        await store.AddAsync(payment, cancel);
        await claims.SettleAsync(payment, null, cancel);
        await store.SetStateAsync(purchase.Id, PurchaseStates.Paid, cancel);
        return EventVerdict.Applied;
    }

    private async Task<EventVerdict> SubscribedAsync(Session session, PurchaseRow purchase, CancellationToken cancel)
    {
        await store.SetStateAsync(purchase.Id, PurchaseStates.Processing, cancel);
        if (session.SubscriptionId is { } id && await side.SubscriptionAsync(id, cancel) is { } subscription)
            await mirror.WriteAsync(subscription, purchase.UserId, cancel);
        return EventVerdict.Applied;
    }

    /// <summary>A subscription that was sold elsewhere still says whose it is.</summary>
    private async Task<EventVerdict> ElsewhereAsync(Session session, CancellationToken cancel) =>
        session is { Mode: "subscription", CustomerId: { } customer, ClientReferenceId: { } reference }
        && await links.UserOfAsync(customer, null, null, reference, cancel) is not null
            ? EventVerdict.Applied
            : EventVerdict.Ignored("the session is not of this gateway");
}
