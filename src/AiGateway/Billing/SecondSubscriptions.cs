using AiGateway.Storage.Tables;
using AiGateway.Telemetry;
using Stripe;

namespace AiGateway.Billing;

/// <summary>
/// A user pays for one subscription. One that runs beside it grants nothing, is cancelled at Stripe, and what was paid for its running period
/// goes back; the owner is told by an alert. Which of the two it is has been written down before anything is done, so that every later event
/// goes on where a death left off. Subscriptions to what is not in plans.json are none of ours and stay.
/// </summary>
internal sealed class SecondSubscriptions(BillingStore store, IStripeSide side, TimeProvider time, ILogger<SecondSubscriptions> log)
{
    /// <param name="fresh">As Stripe has it now; the mirror has it too.</param>
    /// <returns>The mirror's newer row of it, where it was ended here; else null.</returns>
    public async Task<Subscription?> LookAsync(Subscription fresh, string user, CancellationToken cancel)
    {
        if (await store.SubscriptionAsync(fresh.Id, cancel) is not { PlanId: not null } row)
            return null;
        if (row.SecondOf is { } known)
            return await EndAsync(fresh, known, cancel);
        if (!IsLive(fresh))
            return null;
        foreach (var other in await store.LiveSubscriptionsAsync(user, cancel))
        {
            // The mirror may lag: only what Stripe still charges for is in the way.
            if (other.SubscriptionId == fresh.Id || other is not { PlanId: not null, SecondOf: null }
                || await side.SubscriptionAsync(other.SubscriptionId, cancel) is not { } beside || !IsLive(beside))
                continue;
            var (first, second) = await StaysAsync(fresh, beside, cancel) ? (fresh, beside) : (beside, fresh);
            await MarkAsync(first, second, cancel);
            var ended = await EndAsync(second, first.Id, cancel);
            if (second == fresh)
                return ended;
            // The other one's own row: its event may be long in coming.
            if (ended is not null)
                await store.SaveAsync(other with { Status = ended.Status, EndedAt = SubscriptionMirror.Ms(ended.EndedAt) }, cancel);
        }
        return null;
    }

    /// <summary>Sends back what an invoice of a second subscription took for a period that runs; one that is over was used.</summary>
    public async Task GiveBackAsync(string invoiceId, DateTime? periodEnd, CancellationToken cancel)
    {
        if (periodEnd is null || periodEnd <= time.GetUtcNow().UtcDateTime)
            return;
        foreach (var intent in await side.IntentsOfAsync(invoiceId, cancel))
            await side.GiveBackAsync(intent, cancel);
    }

    private async Task MarkAsync(Subscription first, Subscription second, CancellationToken cancel)
    {
        if (!await store.MarkSecondAsync(second.Id, first.Id, cancel))
            return;
        Instruments.DoubleSubscriptions.Add(1);
        log.LogError("The subscription {SubscriptionId} runs beside {FirstId} of the same user: it is cancelled, and what was paid for its running period goes back", second.Id, first.Id);
    }

    private async Task<Subscription?> EndAsync(Subscription second, string first, CancellationToken cancel)
    {
        var ended = second.Status is "canceled" or "incomplete_expired" ? null
            : await side.CancelAsync(second.Id, $"The same user pays for {first} already.", cancel);
        if (second.LatestInvoiceId is { } invoice)
            await GiveBackAsync(invoice, second.Items?.Data?.FirstOrDefault()?.CurrentPeriodEnd, cancel);
        return ended;
    }

    /// <summary>One that pays stays before one that fails; then the one whose tokens are the account's, because it granted last; then the older.</summary>
    private async Task<bool> StaysAsync(Subscription one, Subscription other, CancellationToken cancel)
    {
        var (oneFails, otherFails) = (one.Status == "past_due", other.Status == "past_due");
        if (oneFails != otherFails)
            return otherFails;
        var (mine, its) = (await GrantedAsync(one, cancel), await GrantedAsync(other, cancel));
        if (mine != its)
            return mine > its;
        return one.Created != other.Created ? one.Created < other.Created : string.CompareOrdinal(one.Id, other.Id) < 0;
    }

    private async Task<long> GrantedAsync(Subscription subscription, CancellationToken cancel) =>
        (await store.PaymentsOfSubscriptionAsync(subscription.Id, cancel)).Max(payment => payment.PeriodStart) ?? 0;

    private static bool IsLive(Subscription subscription) => BillingStore.Live.Contains(subscription.Status);
}
