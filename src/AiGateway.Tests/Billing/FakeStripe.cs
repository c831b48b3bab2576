using System.Net;
using AiGateway.Billing;
using Stripe;

namespace AiGateway.Tests.Billing;

/// <summary>Stripe's side as a test sets it up: objects as they are now, and answers that fail when they shall.</summary>
internal sealed class FakeStripe : IStripeSide
{
    private readonly Dictionary<string, StripeEntity> _objects = [];
    private readonly Dictionary<string, IReadOnlyList<InvoiceLineItem>> _lines = [];
    private readonly List<(string Intent, string Invoice)> _paid = [];

    /// <summary>Asked before every answer; true: this one fails.</summary>
    public Func<bool> Fails { get; set; } = () => false;

    public int Asked { get; private set; }

    public void Now<T>(object paper) where T : StripeEntity, IHasId
    {
        var entity = StripeEntity.FromJson<T>(System.Text.Json.JsonSerializer.Serialize(paper));
        _objects[entity.Id] = entity;
    }

    public void Paid(string intent, string invoice) => _paid.Add((intent, invoice));

    public void Lines(string invoice, params object[] lines) =>
        _lines[invoice] = [.. lines.Select(line => StripeEntity.FromJson<InvoiceLineItem>(System.Text.Json.JsonSerializer.Serialize(line)))];

    public Task<Subscription?> SubscriptionAsync(string id, CancellationToken cancel) => Find<Subscription>(id);
    public Task<Customer?> CustomerAsync(string id, CancellationToken cancel) => Find<Customer>(id);
    public Task<Refund?> RefundAsync(string id, CancellationToken cancel) => Find<Refund>(id);
    public Task<Dispute?> DisputeAsync(string id, CancellationToken cancel) => Find<Dispute>(id);

    public Task<IReadOnlyList<InvoiceLineItem>> LinesAsync(string invoiceId, CancellationToken cancel)
    {
        FailPerhaps();
        return Task.FromResult(_lines.GetValueOrDefault(invoiceId) ?? []);
    }

    public Task<IReadOnlyList<string>> InvoicesOfAsync(string paymentIntentId, CancellationToken cancel)
    {
        FailPerhaps();
        return Task.FromResult<IReadOnlyList<string>>([.. _paid.Where(p => p.Intent == paymentIntentId).Select(p => p.Invoice)]);
    }

    private Task<T?> Find<T>(string id) where T : StripeEntity
    {
        FailPerhaps();
        return Task.FromResult(_objects.GetValueOrDefault(id) as T);
    }

    private void FailPerhaps()
    {
        Asked++;
        if (Fails())
            throw new StripeException(Asked % 2 == 0 ? HttpStatusCode.TooManyRequests : HttpStatusCode.InternalServerError, new StripeError { Code = "rate_limit" }, "planted");
    }
}
