using Stripe;

namespace AiGateway.Billing;

/// <summary>A seam to the outside world: what is asked of Stripe. Null and false mean that there is no such thing there, or no Stripe at all.</summary>
/// <remarks>Every method throws <see cref="StripeException"/> or <see cref="HttpRequestException"/> when Stripe cannot answer: ask again later.</remarks>
internal interface IStripeSide
{
    Task<Subscription?> SubscriptionAsync(string id, CancellationToken cancel);
    Task<Customer?> CustomerAsync(string id, CancellationToken cancel);
    Task<Refund?> RefundAsync(string id, CancellationToken cancel);
    Task<Dispute?> DisputeAsync(string id, CancellationToken cancel);

    /// <summary>All lines: an event carries a first page.</summary>
    Task<IReadOnlyList<InvoiceLineItem>> LinesAsync(string invoiceId, CancellationToken cancel);

    /// <summary>The invoices that a payment paid.</summary>
    Task<IReadOnlyList<string>> InvoicesOfAsync(string paymentIntentId, CancellationToken cancel);

    /// <summary>The payments that paid an invoice.</summary>
    Task<IReadOnlyList<string>> IntentsOfAsync(string invoiceId, CancellationToken cancel);

    /// <summary>Ends a subscription at once, without another invoice.</summary>
    Task<Subscription?> CancelAsync(string subscriptionId, string comment, CancellationToken cancel);

    /// <summary>Refunds all of a payment; one that went back already stays so.</summary>
    Task GiveBackAsync(string paymentIntentId, CancellationToken cancel);
}

/// <summary>There is no Stripe: an event's own copy is all there is.</summary>
internal sealed class NoStripeSide : IStripeSide
{
    public Task<Subscription?> SubscriptionAsync(string id, CancellationToken cancel) => Task.FromResult<Subscription?>(null);
    public Task<Customer?> CustomerAsync(string id, CancellationToken cancel) => Task.FromResult<Customer?>(null);
    public Task<Refund?> RefundAsync(string id, CancellationToken cancel) => Task.FromResult<Refund?>(null);
    public Task<Dispute?> DisputeAsync(string id, CancellationToken cancel) => Task.FromResult<Dispute?>(null);
    public Task<IReadOnlyList<InvoiceLineItem>> LinesAsync(string invoiceId, CancellationToken cancel) => Task.FromResult<IReadOnlyList<InvoiceLineItem>>([]);
    public Task<IReadOnlyList<string>> InvoicesOfAsync(string paymentIntentId, CancellationToken cancel) => Task.FromResult<IReadOnlyList<string>>([]);
    public Task<IReadOnlyList<string>> IntentsOfAsync(string invoiceId, CancellationToken cancel) => Task.FromResult<IReadOnlyList<string>>([]);
    public Task<Subscription?> CancelAsync(string subscriptionId, string comment, CancellationToken cancel) => Task.FromResult<Subscription?>(null);
    public Task GiveBackAsync(string paymentIntentId, CancellationToken cancel) => Task.CompletedTask;
}
