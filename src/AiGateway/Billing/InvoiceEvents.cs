using System.Globalization;
using AiGateway.Ledger;
using AiGateway.Plans;
using AiGateway.Storage.Tables;
using Stripe;

namespace AiGateway.Billing;

/// <summary>Invoices: the only thing that grants a plan's tokens is one that was paid.</summary>
internal sealed class InvoiceEvents(
    BillingStore store, CustomerLinks links, SubscriptionMirror mirror, SecondSubscriptions seconds, PaymentClaims claims, IStripeSide side, Offers offers, Bookkeeper ledger, ILogger<InvoiceEvents> log)
{
    private const string Renewal = "subscription_cycle";

    // Missing dates read as 1970.
    private const int FirstYear = 2020;

    public async Task<EventVerdict> PaidAsync(Invoice invoice, CancellationToken cancel)
    {
        if (SubscriptionOf(invoice) is not { } subscriptionId)
            return EventVerdict.Ignored("the invoice is no subscription's");
        var subscription = await side.SubscriptionAsync(subscriptionId, cancel);
        if (await links.UserOfAsync(invoice.CustomerId, invoice.Parent?.SubscriptionDetails?.Metadata, subscription, null, cancel) is not { } user)
            return EventVerdict.Parked(EventVerdict.NobodyKnown, invoice.CustomerId);
        var lines = await PaidLinesAsync(invoice, cancel);
        if (lines.Find(line => offers.PlanBy(PriceOf(line)) is null) is { } unknown)
            return EventVerdict.Parked($"plans.json has no plan with the price {PriceOf(unknown)}", invoice.CustomerId);
        if (lines.Exists(line => line.Period is null || line.Period.Start.Year < FirstYear || line.Period.End <= line.Period.Start))
            return EventVerdict.Parked("a line has no period", invoice.CustomerId);
        if (subscription is not null && await mirror.WriteAsync(subscription, user, cancel) is { } first)
            return await GiveBackAsync(invoice, lines, user, first, cancel);
        foreach (var line in lines)
            await GrantAsync(invoice, line, subscriptionId, subscription, user, cancel);
        await CloseAsync(invoice, lines, subscriptionId, subscription, user, cancel);
        return lines.Count == 0 ? EventVerdict.Ignored("no line pays for a period") : EventVerdict.Applied;
    }

    /// <summary>What is left stays usable until grace ends; a payment that came in the meantime wins.</summary>
    public async Task<EventVerdict> FailedAsync(Invoice invoice, CancellationToken cancel)
    {
        if (SubscriptionOf(invoice) is not { } id)
            return EventVerdict.Ignored("the invoice is no subscription's");
        if (await MirroredAsync(invoice, id, cancel) is { } parked)
            return parked;
        var starts = (await PaidLinesAsync(invoice, cancel)).Select(line => SubscriptionMirror.Ms(line.Period?.Start)).DefaultIfEmpty(0).Max();
        var isPaid = (await store.PaymentsOfSubscriptionAsync(id, cancel)).Any(payment => payment.PeriodStart >= starts);
        await store.SetFailingAsync(id, !isPaid, cancel);
        return EventVerdict.Applied;
    }

    /// <summary>Nobody will pay it any more: the period before it gets no grace.</summary>
    public async Task<EventVerdict> GivenUpAsync(Invoice invoice, CancellationToken cancel)
    {
        if (SubscriptionOf(invoice) is not { } id)
            return EventVerdict.Ignored("the invoice is no subscription's");
        if (await MirroredAsync(invoice, id, cancel) is { } parked)
            return parked;
        foreach (var line in await PaidLinesAsync(invoice, cancel))
            await store.EndGraceAsync(id, SubscriptionMirror.Ms(line.Period?.Start), cancel);
        await mirror.EndLotsAsync(id, cancel);
        return EventVerdict.Applied;
    }

    private async Task GrantAsync(Invoice invoice, InvoiceLineItem line, string subscriptionId, Subscription? subscription, string user, CancellationToken cancel)
    {
        if (offers.PlanBy(PriceOf(line)) is not { } plan)
            return;
        var isTrial = IsTrial(line, subscription);
        var tokens = isTrial ? offers.Book.TrialTokens : plan.Tokens * (line.Quantity ?? 1);
        if (tokens == 0)
            return;
        var (start, end) = (SubscriptionMirror.Ms(line.Period.Start), SubscriptionMirror.Ms(line.Period.End));
        var key = isTrial ? $"trial:{subscriptionId}" : string.Create(CultureInfo.InvariantCulture, $"sub:{subscriptionId}:{PriceOf(line)}:{start / 1000}");
        var answer = await ledger.GrantAsync(isTrial
            ? new GrantRequest(user, tokens, LotKind.Trial, "trial_grant", key, end)
            : new GrantRequest(user, tokens, LotKind.Subscription, invoice.BillingReason == Renewal ? "renewal_grant" : "subscription_grant", key,
                end + (long)offers.Book.Grace.TotalMilliseconds, start, end), cancel);
        if (answer.Outcome == GrantOutcome.Conflict)
            log.LogWarning("The period {Key} was granted before with other content, as after an edit of plans.json; the first grant stands", key);
        var payment = new PaymentRow
        {
            SourceKey = key, UserId = user, OfferId = plan.Id, Tokens = tokens, Charged = isTrial ? 0 : invoice.AmountPaid, Currency = invoice.Currency ?? "usd",
            InvoiceId = invoice.Id, SubscriptionId = subscriptionId, PeriodStart = start, PeriodEnd = end,
        };
        await store.AddAsync(payment, cancel);
        await claims.SettleAsync(payment, null, cancel);
    }

    private async Task CloseAsync(Invoice invoice, List<InvoiceLineItem> lines, string subscriptionId, Subscription? subscription, string user, CancellationToken cancel)
    {
        if (subscription is null && lines.Count > 0 && await store.SubscriptionAsync(subscriptionId, cancel) is not { EndedAt: not null })
            await WriteWithoutStripeAsync(FromLine(invoice, lines[^1], subscriptionId, user), cancel);
        await store.SetFailingAsync(subscriptionId, false, cancel);
        await mirror.EndLotsAsync(subscriptionId, cancel);
        await ClosePurchaseAsync(invoice, user, PurchaseStates.Paid, cancel);
    }

    /// <summary>The user pays for another subscription already.</summary>
    private async Task<EventVerdict> GiveBackAsync(Invoice invoice, List<InvoiceLineItem> lines, string user, string first, CancellationToken cancel)
    {
        await seconds.GiveBackAsync(invoice.Id, lines.Max(line => line.Period?.End), cancel);
        await ClosePurchaseAsync(invoice, user, PurchaseStates.Refunded, cancel);
        return EventVerdict.Ignored($"the user pays for {first} already: the money goes back");
    }

    private async Task ClosePurchaseAsync(Invoice invoice, string user, string state, CancellationToken cancel)
    {
        if (invoice.Parent?.SubscriptionDetails?.Metadata?.GetValueOrDefault(CheckoutEvents.PurchaseKey) is { } id
            && await store.PurchaseAsync(id, cancel) is { } purchase && purchase.UserId == user)
            await store.SetStateAsync(id, state, cancel);
    }

    /// <summary>The demo has no upgrade: the newer plan takes the older one's place.</summary>
    private async Task WriteWithoutStripeAsync(SubscriptionRow paid, CancellationToken cancel)
    {
        await store.SaveAsync(paid, cancel);
        foreach (var older in offers.IsDemo ? await store.LiveSubscriptionsAsync(paid.UserId, cancel) : [])
            if (older.SubscriptionId != paid.SubscriptionId && older.PeriodStart < paid.PeriodStart)
                await store.SaveAsync(older with { Status = "canceled", EndedAt = paid.PeriodStart }, cancel);
    }

    /// <summary>Without Stripe there is no object to look at: the paid line says what runs.</summary>
    private SubscriptionRow FromLine(Invoice invoice, InvoiceLineItem line, string subscriptionId, string user) => new()
    {
        SubscriptionId = subscriptionId, CustomerId = invoice.CustomerId ?? "", UserId = user, PlanId = offers.PlanBy(PriceOf(line))?.Id, Status = "active",
        PeriodStart = SubscriptionMirror.Ms(line.Period.Start), PeriodEnd = SubscriptionMirror.Ms(line.Period.End),
    };

    private async Task<EventVerdict?> MirroredAsync(Invoice invoice, string subscriptionId, CancellationToken cancel)
    {
        if (await side.SubscriptionAsync(subscriptionId, cancel) is { } fresh)
        {
            var verdict = await mirror.LookAsync(fresh, cancel);
            return verdict.State == EventState.Parked ? verdict : null;
        }
        return await store.SubscriptionAsync(subscriptionId, cancel) is null ? EventVerdict.Parked("the subscription is not known", invoice.CustomerId) : null;
    }

    private async Task<List<InvoiceLineItem>> PaidLinesAsync(Invoice invoice, CancellationToken cancel)
    {
        var lines = invoice.Lines is { HasMore: false } whole ? whole.Data : await side.LinesAsync(invoice.Id, cancel);
        return [.. lines.Where(line => line.Parent?.SubscriptionItemDetails is { Proration: false } && line.Parent.InvoiceItemDetails is null && line.Quantity != 0)];
    }

    /// <summary>A trial's invoice is paid too, with nothing; a full coupon's as well, and that one is no trial.</summary>
    private static bool IsTrial(InvoiceLineItem line, Subscription? subscription) =>
        line.Amount == 0 && subscription is { TrialStart: { } start, TrialEnd: { } end } && line.Period.Start >= start && line.Period.End <= end;

    private static string? SubscriptionOf(Invoice invoice) => invoice.Parent?.SubscriptionDetails?.SubscriptionId;

    private static string? PriceOf(InvoiceLineItem line) => line.Pricing?.PriceDetails?.PriceId;
}
