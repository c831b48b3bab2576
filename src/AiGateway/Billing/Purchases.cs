using System.Security.Cryptography;
using AiGateway.Plans;
using AiGateway.Storage.Tables;

namespace AiGateway.Billing;

internal enum PurchaseOutcome
{
    Opened,
    /// <summary>A live subscription was moved to the dearer plan; there is nothing to pay on a page.</summary>
    Upgraded,
    UnknownOffer,
    /// <summary>The offer has no price at Stripe: `stripe setup` was not run.</summary>
    NotSetUp,
    /// <summary>The user runs this plan, or a dearer one: cancelling and changing down is the portal's.</summary>
    AlreadySubscribed,
    /// <summary>A payment of this user is disputed: nothing is sold until that is decided.</summary>
    Stopped,
}

/// <param name="Url">Where the buyer goes next; null where nothing was opened.</param>
internal sealed record PurchaseAnswer(PurchaseOutcome Outcome, string? Id = null, string? Url = null);

/// <param name="State">open, processing, paid, failed, expired or refunded.</param>
internal sealed record PurchaseView(string Id, string UserId, string Kind, string Offer, string Name, long Tokens, long UsdCents, string State);

/// <summary>Begins a purchase: our row first, with our price and our tokens, then a page where it is paid. Nothing is credited here.</summary>
internal sealed class Purchases(BillingStore store, ICheckoutSide side, Offers offers)
{
    private const int IdDigits = 32;

    /// <exception cref="CheckoutUnavailableException">Stripe cannot be reached, or refused.</exception>
    public Task<PurchaseAnswer> OpenAsync(string userId, string? plan, string? pack, string origin, CancellationToken cancel) =>
        AskAsync(() => BeginAsync(userId, plan, pack, origin, cancel), cancel);

    private async Task<PurchaseAnswer> BeginAsync(string userId, string? plan, string? pack, string origin, CancellationToken cancel)
    {
        if (offers.Find(plan, pack) is not { } offer || (plan is null) == (pack is null))
            return new PurchaseAnswer(PurchaseOutcome.UnknownOffer);
        if (offers.PriceOf(offer) is not { } price)
            return new PurchaseAnswer(PurchaseOutcome.NotSetUp);
        if (await store.HasOpenDisputeAsync(userId, cancel))
            return new PurchaseAnswer(PurchaseOutcome.Stopped);
        var live = offer is Plan ? await store.LiveSubscriptionsAsync(userId, cancel) : [];
        if (live.Any(subscription => !IsDearer((Plan)offer, subscription.PlanId)))
            return new PurchaseAnswer(PurchaseOutcome.AlreadySubscribed);
        await CloseOpenAsync(userId, cancel);
        var purchase = NewRow(userId, offer, price);
        await store.AddAsync(purchase, cancel);
        return live is [var older, ..] ? await UpgradeAsync(older, purchase, origin, cancel) : await CheckoutAsync(purchase, origin, cancel);
    }

    /// <returns>Null: there is no such purchase.</returns>
    public async Task<PurchaseView?> FindAsync(string id, CancellationToken cancel)
    {
        if (await store.PurchaseAsync(id, cancel) is not { } row)
            return null;
        var offer = row.Kind == PurchaseKinds.Plan ? offers.Find(row.OfferId, null) : offers.Find(null, row.OfferId);
        return new PurchaseView(row.Id, row.UserId, row.Kind, row.OfferId, offer?.Name ?? row.OfferId, row.Tokens, row.UsdCents, row.State);
    }

    /// <returns>Null: nothing was ever bought under this account, or there is no Stripe.</returns>
    /// <exception cref="CheckoutUnavailableException">Stripe cannot be reached, or refused.</exception>
    public Task<string?> PortalAsync(string userId, string origin, CancellationToken cancel) => AskAsync(async () =>
        await store.CustomerOfAsync(userId, cancel) is { } customer ? await side.PortalAsync(customer, origin + "/dashboard/tokens", cancel) : null, cancel);

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancel)
    {
        try
        {
            return await ask();
        }
        catch (Exception refused) when (CheckoutUnavailableException.IsOf(refused) && !cancel.IsCancellationRequested)
        {
            throw new CheckoutUnavailableException(refused);
        }
    }

    private async Task<PurchaseAnswer> CheckoutAsync(PurchaseRow purchase, string origin, CancellationToken cancel)
    {
        var customer = await store.CustomerOfAsync(purchase.UserId, cancel);
        if (customer is null && (customer = await side.NewCustomerAsync(purchase.UserId, cancel)) is not null)
            await store.LinkCustomerAsync(customer, purchase.UserId, cancel);
        var (session, url) = await side.OpenAsync(purchase, customer, origin, cancel);
        await store.SetSessionAsync(purchase.Id, session, url, cancel);
        return new PurchaseAnswer(PurchaseOutcome.Opened, purchase.Id, url);
    }

    private async Task<PurchaseAnswer> UpgradeAsync(SubscriptionRow older, PurchaseRow purchase, string origin, CancellationToken cancel)
    {
        var url = $"{origin}/checkout/{purchase.Id}";
        if (side is DemoCheckoutSide)
            return await CheckoutAsync(purchase, origin, cancel);
        await side.UpgradeAsync(older.SubscriptionId, purchase, cancel);
        await store.SetStateAsync(purchase.Id, PurchaseStates.Processing, cancel);
        return new PurchaseAnswer(PurchaseOutcome.Upgraded, purchase.Id, url);
    }

    /// <summary>One page at a time: two open ones would be paid twice.</summary>
    private async Task CloseOpenAsync(string userId, CancellationToken cancel)
    {
        foreach (var open in await store.OpenPurchasesAsync(userId, cancel))
        {
            if (open.SessionId is { } session)
                await side.ExpireAsync(session, cancel);
            await store.SetStateAsync(open.Id, PurchaseStates.Expired, cancel);
        }
    }

    private bool IsDearer(Plan wanted, string? running) =>
        running is not null && offers.Find(running, null) is { } older && wanted.UsdCents > older.UsdCents;

    private static PurchaseRow NewRow(string userId, Offer offer, string price) => new()
    {
        Id = "pur_" + RandomNumberGenerator.GetHexString(IdDigits, lowercase: true), UserId = userId, Kind = offer is Plan ? PurchaseKinds.Plan : PurchaseKinds.Pack,
        OfferId = offer.Id, Tokens = offer.Tokens, UsdCents = offer.UsdCents, PriceId = price, State = PurchaseStates.Open,
    };
}
