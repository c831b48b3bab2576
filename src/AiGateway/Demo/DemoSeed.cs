using AiGateway.Accounts;
using AiGateway.Billing;
using AiGateway.Ledger;
using AiGateway.Plans;

namespace AiGateway.Demo;

/// <summary>
/// Users to try things with and to look at: sixty days of them, taken over by the ledger's door for histories, and what only a live call or
/// a purchase leaves behind by the doors of those. Again changes nothing.
/// </summary>
internal sealed class DemoSeed(
    Bookkeeper ledger, PastPayments payments, Purchases purchases, DemoEvents events, EventInbox inbox, BillingSettings billing, KeyStore keys, IPlanBookSource plans,
    Func<PastCall, Charge> price, TimeProvider time)
{
    /// <summary>No list of prices has it.</summary>
    public const string UnpricedModel = "in-house-7b";

    private const string Origin = "http://127.0.0.1:5080";

    private static readonly (string User, long Tokens)[] Plain = [(DemoStory.First, 5_000_000), ("demo-monthly", 600_000), ("demo-low", 1_500)];

    /// <summary>Three users with tokens and one without: enough where a real provider answers, whose figures a made-up past would spoil.</summary>
    public async Task PlainAsync(CancellationToken cancel)
    {
        foreach (var (user, tokens) in Plain)
            await ledger.GrantAsync(new GrantRequest(user, tokens, LotKind.Subscription, "subscription_grant", DemoPast.SourceKey(user)), cancel);
        await ledger.OpenAsync(DemoStory.Empty, cancel);
    }

    /// <param name="withUnpricedModel">Also a call of a model that nobody gave a price: the owner's figures are then incomplete.</param>
    public async Task WithPastAsync(bool withUnpricedModel, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var stories = DemoStory.All.Where(story => story.Fits(plans.Current)).ToList();
        // Side by side, so that the writer takes many in one go.
        var isNew = await Task.WhenAll(stories.Select(story => TakeOverAsync(story, now, cancel)));
        await ledger.OpenAsync(DemoStory.Empty, cancel);
        await Task.WhenAll(stories.Where((_, at) => isNew[at]).Where(story => story is { EndsWith: null, IsSuspended: false }).Select(story => CallAsync(story.UserId, cancel)));
        if (stories.FindIndex(story => story.UserId == DemoStory.Buyer) is >= 0 and var buyer && isNew[buyer])
            await LiveAsync(cancel);
        if (withUnpricedModel)
            await ledger.ChargeExternalAsync(
                new ExternalUsage(DemoStory.Buyer, "chat", "demo-seed:unpriced", price(new PastCall("chat", UnpricedModel, 2_100, 640, 0, 0, null, 0)), null), cancel);
    }

    /// <returns>False: the user was there before, and stays as he is.</returns>
    private async Task<bool> TakeOverAsync(DemoStory story, DateTimeOffset now, CancellationToken cancel)
    {
        var past = new DemoPast(story, plans.Current, price, now).Make();
        if ((await ledger.ImportAsync(past.History, cancel)).Outcome != ImportOutcome.Imported)
            return false;
        foreach (var payment in past.Payments)
            await payments.RecordAsync(payment, cancel);
        if (past.Subscription is { } period && story.Plan is { } plan)
            await payments.RecordAsync(period, story.UserId, plan, story.PlanEnded is null ? null : period.End, cancel);
        if (story.IsSuspended)
            await ledger.SetStatusAsync(story.UserId, AccountStatus.Suspended, cancel);
        return true;
    }

    /// <summary>A call from hold to charge, and one that came to nothing.</summary>
    private async Task CallAsync(string user, CancellationToken cancel)
    {
        var (settled, released) = (new HoldId(user, $"req_demolive_{user}_1"), new HoldId(user, $"req_demolive_{user}_2"));
        var charge = price(new PastCall("chat", "gpt-5.1", 1_480, 412, 512, 0, null, 0));
        var presumed = new PresumedUse(charge.PromptTokens, charge.CompletionTokens, 0, 0, charge.PriceVersion);
        var held = await Task.WhenAll(new[] { settled, released }.Select(id =>
            ledger.HoldAsync(new HoldRequest(id, 5_200, presumed, "chat", "gpt-5.1", null, null, GoesUpAtOnce: true), cancel)));
        if (held[0].Outcome == HoldOutcome.Held)
            await ledger.SettleAsync(settled, charge, cancel);
        if (held[1].Outcome == HoldOutcome.Held)
            await ledger.ReleaseAsync(released, cancel);
    }

    /// <summary>A pack bought through the demo checkout, an event that waits for an operator, and keys to list.</summary>
    private async Task LiveAsync(CancellationToken cancel)
    {
        await keys.MakeAsync(KeyKind.User, DemoStory.First, "phone", null, cancel);
        await keys.RevokeAsync((await keys.MakeAsync(KeyKind.App, null, "old backend", null, cancel)).Id, cancel);
        await keys.MakeAsync(KeyKind.App, null, "backend", time.GetUtcNow().AddDays(90), cancel);
        if (!billing.IsDemo)
            return;
        if (await purchases.OpenAsync(DemoStory.Buyer, null, "small", Origin, cancel) is { Id: { } id })
            foreach (var signed in await events.PaidAsync(id, cancel))
                await inbox.StoreAsync(signed.Id, signed.Type, signed.Body, cancel);
        if (plans.Current.Plans.GetValueOrDefault("monthly") is { } plan && events.PaidByStranger(plan) is var stranger)
            await inbox.StoreAsync(stranger.Id, stranger.Type, stranger.Body, cancel);
    }
}
