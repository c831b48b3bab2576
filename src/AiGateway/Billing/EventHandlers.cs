using AiGateway.Accounts;
using AiGateway.Ledger;
using Stripe;
using Stripe.Checkout;

namespace AiGateway.Billing;

/// <summary>Which event leads where. Unknown ones are kept and left alone.</summary>
internal sealed class EventHandlers(
    InvoiceEvents invoices, CheckoutEvents checkouts, SubscriptionMirror subscriptions, PaymentClaims claims, BillingStore store, Bookkeeper ledger, KeyListVersion keys)
{
    private static readonly string[] Families = ["customer.subscription.", "charge.dispute."];

    /// <summary>False: nothing follows from it, whatever it carries.</summary>
    public static bool Knows(string type) => StripeSetup.Events.Contains(type) || Families.Any(family => type.StartsWith(family, StringComparison.Ordinal));

    public Task<EventVerdict> ApplyAsync(Event happened, CancellationToken cancel) => (happened.Type, happened.Data.Object) switch
    {
        ("invoice.paid", Invoice invoice) => invoices.PaidAsync(invoice, cancel),
        ("invoice.payment_failed" or "invoice.payment_action_required", Invoice invoice) => invoices.FailedAsync(invoice, cancel),
        ("invoice.voided" or "invoice.marked_uncollectible", Invoice invoice) => invoices.GivenUpAsync(invoice, cancel),
        ("invoice_payment.paid", InvoicePayment payment) => claims.LinkedAsync(payment, cancel),
        ("checkout.session.completed" or "checkout.session.async_payment_succeeded", Session session) => checkouts.CompletedAsync(session, cancel),
        ("checkout.session.async_payment_failed", Session session) => checkouts.ClosedAsync(session, PurchaseStates.Failed, cancel),
        ("checkout.session.expired", Session session) => checkouts.ClosedAsync(session, PurchaseStates.Expired, cancel),
        (_, Subscription subscription) when happened.Type.StartsWith("customer.subscription.", StringComparison.Ordinal) => subscriptions.LookAsync(subscription, cancel),
        ("refund.created" or "refund.updated" or "refund.failed", Refund refund) => claims.RefundedAsync(refund, cancel),
        (_, Dispute dispute) when happened.Type.StartsWith("charge.dispute.", StringComparison.Ordinal) => claims.DisputedAsync(dispute, cancel),
        ("customer.deleted", Customer customer) => SuspendAsync(customer, cancel),
        _ => Task.FromResult(Nothing),
    };

    public static readonly EventVerdict Nothing = EventVerdict.Ignored("nothing follows from this type");

    private async Task<EventVerdict> SuspendAsync(Customer customer, CancellationToken cancel)
    {
        if (await store.UserOfAsync(customer.Id, cancel) is not { } user)
            return EventVerdict.Ignored("the customer is nobody's here");
        await ledger.SetStatusAsync(user, AccountStatus.Suspended, cancel);
        await keys.RaiseAsync(cancel);
        return EventVerdict.Applied;
    }
}
