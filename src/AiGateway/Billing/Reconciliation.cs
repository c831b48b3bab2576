using Stripe;
using Stripe.Checkout;

namespace AiGateway.Billing;

/// <summary>What a look at Stripe's lists found.</summary>
/// <param name="Looked">Objects seen.</param>
/// <param name="Healed">Those whose effect was missing and is there now.</param>
internal sealed record Reconciled(int Looked, IReadOnlyList<string> Healed, IReadOnlyList<string> Parked);

/// <summary>Events can be lost for good, as by an endpoint switched off for days; Stripe's lists are not. Every fact in them goes through the same handlers.</summary>
internal sealed class Reconciliation(StripeClient client, EventHandlers handlers, BillingStore store, TimeProvider time)
{
    private const int PageSize = 100;

    public async Task<Reconciled> RunAsync(int days, CancellationToken cancel)
    {
        try
        {
            return await LookAsync(days, cancel);
        }
        catch (Exception refused) when (CheckoutUnavailableException.IsOf(refused) && !cancel.IsCancellationRequested)
        {
            throw new CheckoutUnavailableException(refused);
        }
    }

    private async Task<Reconciled> LookAsync(int days, CancellationToken cancel)
    {
        var since = time.GetUtcNow().UtcDateTime.AddDays(-days);
        var (looked, healed, parked) = (0, new List<string>(), new List<string>());
        await foreach (var (id, type, found) in FoundAsync(since, cancel))
        {
            looked++;
            var before = await store.FactsAsync(cancel);
            var verdict = await handlers.ApplyAsync(new Event { Id = "reconcile_" + id, Type = type, Data = new EventData { Object = found } }, cancel);
            if (verdict.State == EventState.Parked)
                parked.Add($"{id}: {verdict.Note}");
            else if (await store.FactsAsync(cancel) != before)
                healed.Add(id);
        }
        return new Reconciled(looked, healed, parked);
    }

    private async IAsyncEnumerable<(string Id, string Type, IHasObject Found)> FoundAsync(DateTime since, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var range = new DateRangeOptions { GreaterThanOrEqual = since };
        await foreach (var invoice in client.V1.Invoices.ListAutoPagingAsync(new InvoiceListOptions { Created = range, Status = "paid", Limit = PageSize }, cancellationToken: cancel))
            yield return (invoice.Id, "invoice.paid", invoice);
        await foreach (var session in client.V1.Checkout.Sessions.ListAutoPagingAsync(new SessionListOptions { Created = range, Status = "complete", Limit = PageSize }, cancellationToken: cancel))
            yield return (session.Id, "checkout.session.completed", session);
        await foreach (var refund in client.V1.Refunds.ListAutoPagingAsync(new RefundListOptions { Created = range, Limit = PageSize }, cancellationToken: cancel))
            yield return (refund.Id, "refund.updated", refund);
        await foreach (var dispute in client.V1.Disputes.ListAutoPagingAsync(new DisputeListOptions { Created = range, Limit = PageSize }, cancellationToken: cancel))
            yield return (dispute.Id, "charge.dispute.closed", dispute);
    }
}
