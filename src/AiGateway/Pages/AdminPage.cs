using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using AiGateway.Insights;

namespace AiGateway.Pages;

/// <summary>/admin: who has how many tokens. Plain HTML without a script.</summary>
internal static class AdminPage
{
    public static void MapPages(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/admin/sign-in", (HttpContext context, OperatorSignIn signIn, string? token) => signIn.SignInAsync(context, token));
        endpoints.MapGet("/admin", ShowAsync).RequireAuthorization(policy => policy.AddAuthenticationSchemes(OperatorSignIn.Scheme).RequireAuthenticatedUser());
    }

    private static async Task<IResult> ShowAsync(BalanceReader users, HttpContext context, string? after, CancellationToken cancel)
    {
        var page = await users.UsersAsync(after, Paging.DefaultLimit, cancel);
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        return Results.Content(Html(page), "text/html; charset=utf-8");
    }

    private static string Html(Page<UserView> page)
    {
        var html = new StringBuilder("""
            <!doctype html><html lang="en"><meta charset="utf-8"><title>AiGateway</title>
            <style>body{font:16px system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse;width:100%}td,th{padding:.4rem .6rem;border-bottom:1px solid #ccc;text-align:left}td.n,th.n{text-align:right}</style>
            <h1>Accounts</h1><table><thead><tr><th>User</th><th>Status</th><th class="n">Balance</th><th class="n">Held</th><th class="n">Granted</th></tr></thead><tbody>
            """);
        foreach (var user in page.Data)
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{HtmlEncoder.Default.Encode(user.UserId)}</td><td>{user.Status}</td><td class=\"n\">{user.Balance:N0}</td><td class=\"n\">{user.Held:N0}</td><td class=\"n\">{user.Allocation:N0}</td></tr>");
        html.Append("</tbody></table>");
        if (page.After is { } after)
            html.Append(CultureInfo.InvariantCulture, $"<p><a href=\"/admin?after={Uri.EscapeDataString(after)}\">More</a></p>");
        return html.ToString();
    }
}
