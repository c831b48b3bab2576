using AiGateway.Ledger;
using AiGateway.Storage.Tables;
using AiGateway.Telemetry;
using Stripe;

namespace AiGateway.Billing;

/// <summary>
/// What runs, for whom, until when. Never grants and never resets: at a renewal these events come an hour before the money. The end of a
/// subscription ends its lots; packs stay.
/// </summary>
internal sealed class SubscriptionMirror(
    BillingStore store, CustomerLinks links, IStripeSide side, Offers offers, Bookkeeper ledger, TimeProvider time, ILogger<SubscriptionMirror> log)
{
    public async Task<EventVerdict> LookAsync(Subscription told, CancellationToken cancel)
    {
        var fresh = await side.SubscriptionAsync(told.Id, cancel) ?? told;
        if (await links.UserOfAsync(fresh.CustomerId, fresh.Metadata, null, null, cancel) is not { } user)
            return EventVerdict.Parked("no user is known for this customer", fresh.CustomerId);
        await WriteAsync(fresh, user, cancel);
        return EventVerdict.Applied;
    }

    public async Task WriteAsync(Subscription fresh, string user, CancellationToken cancel)
    {
        var item = fresh.Items?.Data?.FirstOrDefault();
        await store.SaveAsync(new SubscriptionRow
        {
            SubscriptionId = fresh.Id, CustomerId = fresh.CustomerId ?? "", UserId = user, PlanId = offers.PlanBy(item?.Price?.Id)?.Id, Status = fresh.Status ?? "unknown",
            PeriodStart = Ms(item?.CurrentPeriodStart), PeriodEnd = Ms(item?.CurrentPeriodEnd), CancelAtPeriodEnd = fresh.CancelAtPeriodEnd,
            EndedAt = fresh.EndedAt is { } ended ? Ms(ended) : null,
        }, cancel);
        await EndLotsAsync(fresh.Id, cancel);
        if ((await store.LiveSubscriptionsAsync(user, cancel)).Count > 1)
        {
            Instruments.DoubleSubscriptions.Add(1);
            log.LogError("A user has more than one live subscription; {SubscriptionId} is one of them", fresh.Id);
        }
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
