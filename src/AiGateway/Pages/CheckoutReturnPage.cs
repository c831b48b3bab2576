using System.Globalization;
using AiGateway.Billing;
using AiGateway.Pages.Shared;
using AiGateway.Pages.Texts;

namespace AiGateway.Pages;

/// <summary>/checkout/{id}: where a buyer comes back to. It tells how far the purchase is and looks again by itself; it credits nothing.</summary>
internal static class CheckoutReturnPage
{
    /// <param name="Kind">ok, low, bad or info.</param>
    internal sealed record Standing(string Title, string Offer, string Text, string Kind, bool IsOver, string Link, string LinkText);

    private const string Balance = "/dashboard", Tokens = "/dashboard/tokens";

    /// <summary>Seconds between looks, while the payment is on its way.</summary>
    private const int LookAgain = 1;

    public static void MapCheckoutReturn(this IEndpointRouteBuilder endpoints) => endpoints.MapPageGroup("").MapGet("/checkout/{id}", ShowAsync);

    /// <summary>A buyer is back sooner than his payment's event is applied: so long the page waits for it, and he sees his tokens at the first look.</summary>
    private static readonly TimeSpan EventWait = TimeSpan.FromSeconds(1), EventLook = TimeSpan.FromMilliseconds(50);

    private static async Task<IResult> ShowAsync(HttpContext http, string id, string? cancelled, Purchases purchases, TimeProvider time, CancellationToken cancel)
    {
        var (isCancelled, started) = (bool.TryParse(cancelled, out var said) && said, time.GetTimestamp());
        var purchase = await purchases.FindAsync(id, cancel);
        while (purchase is { State: "open" } && !isCancelled && time.GetElapsedTime(started) < EventWait)
        {
            await Task.Delay(EventLook, time, cancel);
            purchase = await purchases.FindAsync(id, cancel);
        }
        if (purchase is null)
            return Html.Of<MessagePage>(StatusCodes.Status404NotFound, new Message(CheckoutTexts.NotFoundTitle, CheckoutTexts.NotFound));
        var standing = Of(purchase, isCancelled);
        if (!standing.IsOver)
            http.Response.Headers["Refresh"] = LookAgain.ToString(CultureInfo.InvariantCulture);
        return Html.Of<CheckoutReturn>(standing);
    }

    private static Standing Of(PurchaseView purchase, bool cancelled) => purchase.State switch
    {
        "paid" => new(CheckoutTexts.Confirmed, purchase.Name, CheckoutTexts.ConfirmedText(purchase.Tokens), "ok", true, Balance, CheckoutTexts.ToBalance),
        "failed" => new(CheckoutTexts.Failed, purchase.Name, CheckoutTexts.FailedText, "bad", true, Tokens, CheckoutTexts.ToTokens),
        "expired" => new(CheckoutTexts.Expired, purchase.Name, CheckoutTexts.ExpiredText, "low", true, Tokens, CheckoutTexts.ToTokens),
        "refunded" => new(CheckoutTexts.Refunded, purchase.Name, CheckoutTexts.RefundedText, "info", true, Tokens, CheckoutTexts.ToTokens),
        _ when cancelled => new(CheckoutTexts.Cancelled, purchase.Name, CheckoutTexts.CancelledText, "info", true, Tokens, CheckoutTexts.ToTokens),
        _ => new(CheckoutTexts.Processing, purchase.Name, CheckoutTexts.ProcessingText, "info", false, Balance, CheckoutTexts.ToBalance),
    };
}
