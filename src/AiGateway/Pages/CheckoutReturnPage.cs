using System.Globalization;
using System.Text.Encodings.Web;
using AiGateway.Billing;

namespace AiGateway.Pages;

/// <summary>/checkout/{id}: where a buyer comes back to. It tells how far the purchase is and looks again by itself; it credits nothing.</summary>
internal static class CheckoutReturnPage
{
    /// <summary>Seconds between looks, while the payment is on its way.</summary>
    private const int LookAgain = 2;

    public static void MapCheckoutReturn(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/checkout/{id}", ShowAsync);

    private static async Task<IResult> ShowAsync(HttpContext http, string id, bool? cancelled, Purchases purchases, CancellationToken cancel)
    {
        if (await purchases.FindAsync(id, cancel) is not { } purchase)
            return Results.Text("There is no such purchase.", statusCode: StatusCodes.Status404NotFound);
        var (title, text, isOver) = purchase.State switch
        {
            "paid" => ("Confirmed", $"{purchase.Tokens.ToString("N0", CultureInfo.InvariantCulture)} tokens were added to your balance.", true),
            "failed" => ("Not paid", "The payment did not go through. Nothing was charged here and nothing was added.", true),
            "expired" => ("Expired", "This purchase was not finished in time. Begin a new one.", true),
            _ when cancelled == true => ("Cancelled", "Nothing was bought.", true),
            _ => ("Still processing", "The payment is on its way. This page looks again by itself.", false),
        };
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        if (!isOver)
            http.Response.Headers["Refresh"] = LookAgain.ToString(CultureInfo.InvariantCulture);
        return Results.Content($$"""
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{title}}</title>
            <style>body{font:16px system-ui;margin:3rem auto;max-width:32rem;padding:0 1rem}</style>
            <h1 role="status">{{title}}</h1><p>{{HtmlEncoder.Default.Encode(purchase.Name)}}: {{text}}</p>
            """, "text/html; charset=utf-8");
    }
}
