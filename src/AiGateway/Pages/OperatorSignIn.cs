using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AiGateway.Pages;

/// <summary>The link that Development prints: it signs one operator in, once, without a key in any address bar.</summary>
internal sealed class OperatorSignIn
{
    public const string Scheme = "operator";
    private const int TokenBytes = 24;

    private string? _token = RandomNumberGenerator.GetHexString(TokenBytes * 2, lowercase: true);

    /// <summary>The path and query of the link; null: it was used.</summary>
    public string? Link => _token is { } token ? $"/admin/sign-in?token={token}" : null;

    public static void ConfigureCookie(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "aigateway_operator";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Strict;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
        cookie.Events.OnRedirectToLogin = context =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        };
    }

    public async Task<IResult> SignInAsync(HttpContext context, string? token)
    {
        var expected = _token;
        if (expected is null || token is null
            || !CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(token), System.Text.Encoding.UTF8.GetBytes(expected))
            || Interlocked.CompareExchange(ref _token, null, expected) != expected)
            return Results.Text("This link was used, or is not one of this gateway's. Restart the gateway for a new one.", statusCode: StatusCodes.Status401Unauthorized);
        await context.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "operator")], Scheme)));
        return Results.Redirect("/admin");
    }
}
