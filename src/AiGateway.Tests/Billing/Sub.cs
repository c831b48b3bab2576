namespace AiGateway.Tests.Billing;

/// <summary>One subscription as scenarios tell of it.</summary>
internal sealed class Sub(BillingBox box, string user, string price = Paper.Monthly, string id = "sub_1", bool isKnown = true)
{
    public static readonly TimeSpan Month = TimeSpan.FromDays(28);

    public string Id => id;
    public string Customer { get; init; } = "cus_" + user;
    private Dictionary<string, string> Metadata => isKnown ? new() { ["aigateway_user_id"] = user } : [];

    public Stripe.Invoice Invoice(string invoice, DateTimeOffset start, string reason = "subscription_create", long? paid = null, DateTimeOffset? end = null, string? priced = null, params Stripe.InvoiceLineItem[] more)
    {
        var until = end ?? (price == Paper.Annual ? start.AddYears(1) : start + Month);
        var cents = paid ?? (price == Paper.Annual ? 99_900 : 10_900);
        return Paper.Invoice(invoice, Customer, id, reason, cents, [Paper.Line(id, priced ?? price, start, until, cents), .. more], Metadata);
    }

    public Task<string> PaidAsync(string invoice, DateTimeOffset start, string reason = "subscription_create", long? paid = null, DateTimeOffset? end = null, string? priced = null) =>
        box.TellAsync("invoice.paid", Invoice(invoice, start, reason, paid, end, priced));

    public Stripe.Subscription Now(string status, DateTimeOffset start, DateTimeOffset? end = null, DateTimeOffset? ended = null, DateTimeOffset? trialStart = null, DateTimeOffset? trialEnd = null, string? priced = null, string? invoice = null)
    {
        var paper = Paper.Subscription(id, Customer, priced ?? price, status, start, end ?? start + Month, isKnown ? user : null, ended, trialStart, trialEnd, invoice: invoice);
        box.Stripe.Now(paper);
        return paper;
    }
}
