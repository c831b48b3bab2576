using AiGateway.Ledger;
using AiGateway.Storage.Tables;
using Stripe;

namespace AiGateway.Billing;

/// <summary>
/// What runs, for whom, until when. Never grants and never resets: at a renewal these events come an hour before the money. The end of a
/// subscription ends its lots; packs stay.
/// </summary>
internal sealed class SubscriptionMirror(
    BillingStore store, CustomerLinks links, SecondSubscriptions seconds, IStripeSide side, Offers offers, Bookkeeper ledger, TimeProvider time)
{
    public async Task<EventVerdict> LookAsync(Subscription told, CancellationToken cancel)
    {
        var fresh = await side.SubscriptionAsync(told.Id, cancel) ?? told;
        if (await links.UserOfAsync(fresh.CustomerId, fresh.Metadata, null, null, cancel) is not { } user)
            return EventVerdict.Parked(EventVerdict.NobodyKnown, fresh.CustomerId);
        await WriteAsync(fresh, user, cancel);
        return EventVerdict.Applied;
    }

    /// <returns>The subscription that this one is a second of; null: it is the user's.</returns>
    public async Task<string?> WriteAsync(Subscription fresh, string user, CancellationToken cancel)
    {
        await SaveAsync(fresh, user, cancel);
        if (await seconds.LookAsync(fresh, user, cancel) is { } ended)
            await SaveAsync(ended, user, cancel);
        await EndLotsAsync(fresh.Id, cancel);
        return (await store.SubscriptionAsync(fresh.Id, cancel))?.SecondOf;
    }

    private async Task SaveAsync(Subscription fresh, string user, CancellationToken cancel)
    {
        var item = fresh.Items?.Data?.FirstOrDefault();
        await store.SaveAsync(new SubscriptionRow
        {
            SubscriptionId = fresh.Id, CustomerId = fresh.CustomerId ?? "", UserId = user, PlanId = offers.PlanBy(item?.Price?.Id)?.Id, Status = fresh.Status ?? "unknown",
            PeriodStart = Ms(item?.CurrentPeriodStart), PeriodEnd = Ms(item?.CurrentPeriodEnd), CancelAtPeriodEnd = fresh.CancelAtPeriodEnd,
            EndedAt = fresh.EndedAt is { } ended ? Ms(ended) : null,
        }, cancel);
    }

    /// <summary>Ends what the mirror says is over. Follows from facts, so that it may run after every one of them, in any order.</summary>
    public async Task EndLotsAsync(string subscriptionId, CancellationToken cancel)
    {
        if (await store.SubscriptionAsync(subscriptionId, cancel) is not { } row)
            return;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var payment in await store.PaymentsOfSubscriptionAsync(subscriptionId, cancel))
            if (row.EndedAt <= now || (payment.PeriodEnd <= row.NoGraceUpTo && payment.PeriodEnd <= now))
                await ledger.EndLotAsync(payment.SourceKey, cancel);
    }

    public static long Ms(DateTime? at) => at is { } time ? new DateTimeOffset(time.ToUniversalTime()).ToUnixTimeMilliseconds() : 0;
}
