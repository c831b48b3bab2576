using System.Globalization;
using AiGateway.Insights;
using AiGateway.Plans;

namespace AiGateway.Api;

/// <summary>GET /gateway/v1/offers: what can be bought at /gateway/v1/checkout, by the plans file in force.</summary>
internal static class OfferApi
{
    /// <param name="PriceUsd">A decimal, such as "15.00".</param>
    /// <param name="AboutChats">How many of this user's chats it is likely to be enough for.</param>
    internal sealed record Pack(string Id, string Name, long Tokens, string PriceUsd, long AboutChats);

    /// <param name="Every">One of its cycles; null for a pack.</param>
    internal sealed record Plan(string Id, string Name, long Tokens, string PriceUsd, long AboutChats, Cycle Every);

    /// <param name="Unit">day, month or year.</param>
    internal sealed record Cycle(int Count, BillingUnit Unit);

    internal sealed record Offers(IReadOnlyList<Plan> Plans, IReadOnlyList<Pack> Packs);

    public static async Task<IResult> ListAsync(HttpContext context, IPlanBookSource plans, TypicalReader typicals, CancellationToken cancel)
    {
        var chat = await typicals.ChatAsync(CallerAccess.User(context), cancel);
        var book = plans.Current;
        return Results.Ok(new Offers(
            [.. book.Plans.Values.Select(plan => new Plan(plan.Id, plan.Name, plan.Tokens, Usd(plan), plan.Tokens / chat, new Cycle(plan.Cycle.Count, plan.Cycle.Unit)))],
            [.. book.Packs.Values.Select(pack => new Pack(pack.Id, pack.Name, pack.Tokens, Usd(pack), pack.Tokens / chat))]));
    }

    private static string Usd(Offer offer) => (offer.UsdCents / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}
