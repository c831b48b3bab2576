using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using AiGateway.Billing;

namespace AiGateway.Demo;

/// <summary>
/// /demo/checkout: where Stripe's page would be. It takes no money; it signs the event that Stripe would send and knocks with it at the
/// same door. What is bought and for how much stands in the purchase; a browser names nothing but the purchase's id.
/// </summary>
internal static class DemoCheckout
{
    private const string Page = "/demo/checkout/{id}";

    public static void MapDemoCheckout(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Page, ShowAsync);
        endpoints.MapPost(Page + "/pay", (HttpContext http, string id, DemoEvents events, Purchases purchases, DemoPost post, CancellationToken cancel) =>
            SendAsync(http, id, events.PaidAsync, purchases, post, cancel));
        endpoints.MapPost(Page + "/later", (HttpContext http, string id, DemoEvents events, Purchases purchases, DemoPost post, CancellationToken cancel) =>
            SendAsync(http, id, events.LaterAsync, purchases, post, cancel));
        endpoints.MapPost(Page + "/fail", (HttpContext http, string id, DemoEvents events, Purchases purchases, DemoPost post, CancellationToken cancel) =>
            SendAsync(http, id, events.FailedAsync, purchases, post, cancel));
    }

    private static async Task<IResult> ShowAsync(HttpContext http, string id, Purchases purchases, CancellationToken cancel)
    {
        if (await purchases.FindAsync(id, cancel) is not { } purchase)
            return Results.Text("There is no such purchase.", statusCode: StatusCodes.Status404NotFound);
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        return Results.Content(Html(purchase), "text/html; charset=utf-8");
    }

    private static async Task<IResult> SendAsync(
        HttpContext http, string id, Func<string, CancellationToken, Task<IReadOnlyList<DemoEvents.Signed>>> make, Purchases purchases, DemoPost post, CancellationToken cancel)
    {
        if (await purchases.FindAsync(id, cancel) is not { } purchase)
            return Results.Text("There is no such purchase.", statusCode: StatusCodes.Status404NotFound);
        if (purchase.State is "open" or "processing")
            foreach (var signed in await make(id, cancel))
                await post.SendAsync(http, signed, cancel);
        return Results.Redirect($"/checkout/{id}");
    }

    private static string Html(PurchaseView purchase)
    {
        var html = new StringBuilder("""
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
            <title>Demo checkout</title><link rel="icon" href="/assets/icon.svg"><link rel="stylesheet" href="/assets/site.css"></head><body><main><section class="message card">
            <h1>Demo checkout</h1><p class="muted">No Stripe key is configured: no money changes hands here.</p>
            """);
        var usd = (purchase.UsdCents / 100m).ToString("N2", CultureInfo.InvariantCulture);
        html.Append(CultureInfo.InvariantCulture, $"<p><span class=\"big num\">${usd}</span></p><p><strong>{HtmlEncoder.Default.Encode(purchase.Name)}</strong><br>{purchase.Tokens:N0} tokens for {HtmlEncoder.Default.Encode(purchase.UserId)}</p><div class=\"row\">");
        if (purchase.State is "open" or "processing")
            foreach (var (action, label, style) in new[] { ("pay", "Pay", ""), ("later", "Pay later", "plain"), ("fail", "Fail", "plain") })
                html.Append(CultureInfo.InvariantCulture, $"<form method=\"post\" action=\"/demo/checkout/{purchase.Id}/{action}\"><button class=\"{style}\">{label}</button></form>");
        else
            html.Append(CultureInfo.InvariantCulture, $"<p>This purchase is {purchase.State}.</p>");
        return html.Append("</div></section></main></body></html>").ToString();
    }
}
