using AiGateway.Billing;
using AiGateway.Pages.Shared;
using AiGateway.Pages.Texts;
using Microsoft.AspNetCore.Mvc;

namespace AiGateway.Pages.Dashboard;

/// <summary>/dashboard/tokens: what can be bought, and the way to where it is paid. Nothing is credited here.</summary>
internal static class TokensEndpoints
{
    private const string Page = "/dashboard/tokens";

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/tokens", (HttpContext http, DashboardReader reader, Offers offers, CancellationToken cancel) => ShowAsync(http, reader, offers, StatusCodes.Status200OK, null, cancel));
        pages.MapPost("/tokens/buy", BuyAsync);
        pages.MapPost("/tokens/receipts", ReceiptsAsync);
    }

    private static async Task<IResult> ShowAsync(HttpContext http, DashboardReader reader, Offers offers, int status, TokensNotice? notice, CancellationToken cancel) =>
        await reader.TokensAsync(PortalSignIn.User(http), offers.IsDemo, notice, cancel) is { } model ? Html.Of<TokensPage>(status, model) : DashboardPages.Gone();

    private static async Task<IResult> BuyAsync(
        HttpContext http, [FromForm] string? pack, [FromForm] string? plan, DashboardReader reader, Purchases purchases, Offers offers, CancellationToken cancel)
    {
        try
        {
            var answer = await purchases.OpenAsync(PortalSignIn.User(http), plan, pack, PageFrame.OriginOf(http), cancel);
            return answer.Url is { } url ? SeeOther(http, url) : await ShowAsync(http, reader, offers, StatusCodes.Status409Conflict, Why(answer.Outcome), cancel);
        }
        catch (CheckoutUnavailableException)
        {
            return await ShowAsync(http, reader, offers, StatusCodes.Status503ServiceUnavailable, new("bad", TokensTexts.AwayTitle, TokensTexts.Away), cancel);
        }
    }

    private static async Task<IResult> ReceiptsAsync(HttpContext http, DashboardReader reader, Purchases purchases, Offers offers, CancellationToken cancel)
    {
        try
        {
            return await purchases.PortalAsync(PortalSignIn.User(http), PageFrame.OriginOf(http), cancel) is { } url
                ? SeeOther(http, url)
                : Html.Of<MessagePage>(new Message(TokensTexts.NoReceiptsTitle, TokensTexts.NoReceipts, Page, TokensTexts.Title));
        }
        catch (CheckoutUnavailableException)
        {
            return await ShowAsync(http, reader, offers, StatusCodes.Status503ServiceUnavailable, new("bad", TokensTexts.AwayTitle, TokensTexts.Away), cancel);
        }
    }

    private static TokensNotice Why(PurchaseOutcome outcome) => outcome switch
    {
        PurchaseOutcome.NotSetUp => new("bad", TokensTexts.NotSetUpTitle, TokensTexts.NotSetUp),
        PurchaseOutcome.AlreadySubscribed => new("low", TokensTexts.SubscribedTitle, TokensTexts.Subscribed),
        PurchaseOutcome.Stopped => new("bad", TokensTexts.StoppedTitle, TokensTexts.Stopped),
        _ => new("low", TokensTexts.UnknownTitle, TokensTexts.Unknown),
    };

    /// <summary>The address is Stripe's or ours, as Billing made it; nothing of it comes from the browser.</summary>
    private static IResult SeeOther(HttpContext http, string url)
    {
        http.Response.Headers.Location = url;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
