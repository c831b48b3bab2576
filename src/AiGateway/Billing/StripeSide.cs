using System.Net;
using Stripe;

namespace AiGateway.Billing;

/// <summary>Stripe itself, by its own client.</summary>
internal sealed class StripeSide(StripeClient client) : IStripeSide
{
    private const int PageSize = 100;

    /// <summary>More lines than any plan of ours makes: beyond it something else is invoiced.</summary>
    private const int MostLines = 10_000;

    public Task<Subscription?> SubscriptionAsync(string id, CancellationToken cancel) =>
        FoundAsync(() => client.V1.Subscriptions.GetAsync(id, cancellationToken: cancel));

    public Task<Customer?> CustomerAsync(string id, CancellationToken cancel) =>
        FoundAsync(() => client.V1.Customers.GetAsync(id, cancellationToken: cancel));

    public Task<Refund?> RefundAsync(string id, CancellationToken cancel) => FoundAsync(() => client.V1.Refunds.GetAsync(id, cancellationToken: cancel));

    public Task<Dispute?> DisputeAsync(string id, CancellationToken cancel) => FoundAsync(() => client.V1.Disputes.GetAsync(id, cancellationToken: cancel));

    public async Task<IReadOnlyList<InvoiceLineItem>> LinesAsync(string invoiceId, CancellationToken cancel)
    {
        var lines = new List<InvoiceLineItem>();
        var options = new InvoiceLineItemListOptions { Limit = PageSize };
        await foreach (var line in client.V1.Invoices.LineItems.ListAutoPagingAsync(invoiceId, options, cancellationToken: cancel))
        {
            lines.Add(line);
            if (lines.Count > MostLines)
                throw new InvalidOperationException($"The invoice {invoiceId} has more than {MostLines} lines.");
        }
        return lines;
    }

    public async Task<IReadOnlyList<string>> InvoicesOfAsync(string paymentIntentId, CancellationToken cancel)
    {
        var options = new InvoicePaymentListOptions
        {
            Payment = new InvoicePaymentPaymentOptions { Type = "payment_intent", PaymentIntent = paymentIntentId }, Limit = PageSize,
        };
        var found = await client.V1.InvoicePayments.ListAsync(options, cancellationToken: cancel);
        return [.. found.Data.Select(payment => payment.InvoiceId).Distinct()];
    }

    public async Task<IReadOnlyList<string>> IntentsOfAsync(string invoiceId, CancellationToken cancel)
    {
        var found = await client.V1.InvoicePayments.ListAsync(new InvoicePaymentListOptions { Invoice = invoiceId, Status = "paid", Limit = PageSize }, cancellationToken: cancel);
        return [.. found.Data.Select(payment => payment.Payment?.PaymentIntentId).OfType<string>().Distinct()];
    }

    public Task<Subscription?> CancelAsync(string subscriptionId, string comment, CancellationToken cancel) => FoundAsync(() => client.V1.Subscriptions.CancelAsync(
        subscriptionId, new SubscriptionCancelOptions { InvoiceNow = false, Prorate = false, CancellationDetails = new SubscriptionCancellationDetailsOptions { Comment = comment } },
        cancellationToken: cancel));

    public async Task GiveBackAsync(string paymentIntentId, CancellationToken cancel)
    {
        try
        {
            await client.V1.Refunds.CreateAsync(
                new RefundCreateOptions { PaymentIntent = paymentIntentId, Reason = "duplicate" }, new RequestOptions { IdempotencyKey = $"second:{paymentIntentId}" }, cancel);
        }
        catch (StripeException done) when (done.StripeError?.Code is "charge_already_refunded" or "charge_disputed")
        {
            // It went back, or the bank is getting it back.
        }
    }

    private static async Task<T?> FoundAsync<T>(Func<Task<T>> ask) where T : class
    {
        try
        {
            return await ask();
        }
        catch (StripeException none) when (none.HttpStatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
