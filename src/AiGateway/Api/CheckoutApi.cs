using AiGateway.Billing;
using Microsoft.AspNetCore.Mvc;

namespace AiGateway.Api;

/// <summary>/gateway/v1/checkout and what follows from it: a page to pay on, how far it is, and the receipts.</summary>
internal static class CheckoutApi
{
    internal sealed record Wish(string? Plan, string? Pack);

    private const long MaxBytes = 4096;

    public static void MapCheckout(this IEndpointRouteBuilder api)
    {
        api.MapPost("/checkout", OpenAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBytes));
        api.MapPost("/purchases", OpenAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBytes));
        api.MapGet("/purchases/{id}", FindAsync);
        api.MapPost("/billing-portal", PortalAsync);
    }

    private static async Task<IResult> OpenAsync(HttpContext context, Wish wish, Purchases purchases, CancellationToken cancel)
    {
        try
        {
            return Answer(await purchases.OpenAsync(CallerAccess.User(context), wish.Plan, wish.Pack, CallerAccess.Origin(context), cancel));
        }
        catch (CheckoutUnavailableException)
        {
            return Problems.CheckoutUnavailable();
        }
    }

    private static IResult Answer(PurchaseAnswer answer) => answer.Outcome switch
    {
        PurchaseOutcome.Opened => Results.Ok(new { id = answer.Id, url = answer.Url, state = "open" }),
        PurchaseOutcome.Upgraded => Results.Ok(new { id = answer.Id, url = answer.Url, state = "processing" }),
        PurchaseOutcome.UnknownOffer => Problems.Invalid("Send either plan or pack, by its id in config/plans.json."),
        PurchaseOutcome.NotSetUp => Problems.Conflict("offer_not_set_up", "This offer has no price at Stripe yet: the operator runs `stripe setup`."),
        PurchaseOutcome.AlreadySubscribed => Problems.Conflict("already_subscribed", "This plan, or a dearer one, runs already. Changing down and cancelling is done at POST /gateway/v1/billing-portal."),
        PurchaseOutcome.Stopped => Problems.Forbidden("purchases_stopped", "A payment of this account is disputed. Nothing is sold until that is decided."),
        _ => throw new InvalidOperationException($"No answer for {answer.Outcome}."),
    };

    /// <summary>How far a purchase is. Whoever comes back from the checkout asks here; credit comes by webhook alone.</summary>
    private static async Task<IResult> FindAsync(HttpContext context, string id, Purchases purchases, CancellationToken cancel) =>
        await purchases.FindAsync(id, cancel) is { } found && found.UserId == CallerAccess.User(context)
            ? Results.Ok(found)
            : Problems.NotFound($"No purchase {id} of this user.");

    private static async Task<IResult> PortalAsync(HttpContext context, Purchases purchases, CancellationToken cancel)
    {
        try
        {
            return await purchases.PortalAsync(CallerAccess.User(context), CallerAccess.Origin(context), cancel) is { } url
                ? Results.Ok(new { url })
                : Problems.NotFound("Nothing was bought through Stripe under this account.");
        }
        catch (CheckoutUnavailableException)
        {
            return Problems.CheckoutUnavailable();
        }
    }
}
