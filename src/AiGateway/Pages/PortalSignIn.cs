using System.Security.Claims;
using AiGateway.Accounts;
using AiGateway.Ledger;
using AiGateway.Pages.Shared;
using AiGateway.Pages.Texts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace AiGateway.Pages;

/// <summary>Signs an end user in by the link that his app's server got for him. The session ends when the link's token does; nothing prolongs it.</summary>
internal static class PortalSignIn
{
    public const string Scheme = "portal";

    private const string Home = "/dashboard";

    public static void ConfigureCookie(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "aigateway_portal";
        cookie.Cookie.HttpOnly = true;
        // Lax: the user comes from the app's site, and his first page after the redirect must know him already.
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.SlidingExpiration = false;
        cookie.Events.OnRedirectToLogin = context => AskAsync(context.HttpContext);
    }

    /// <summary>Whoever is signed in as a user, and nobody else.</summary>
    public static void Policy(AuthorizationPolicyBuilder policy) => policy.AddAuthenticationSchemes(Scheme).RequireAuthenticatedUser();

    /// <summary>The signed-in user's id.</summary>
    public static string User(HttpContext http) => http.User.Identity?.Name ?? throw new InvalidOperationException("The page asks for nobody to be signed in.");

    public static void MapPortalSignIn(this IEndpointRouteBuilder endpoints)
    {
        var pages = endpoints.MapPageGroup(Home);
        pages.MapGet("/sign-in", SignInAsync);
        pages.MapPost("/sign-out", (Delegate)SignOutAsync).RequireAuthorization(Policy);
    }

    /// <param name="to">The page to open first, one of the user's menu; anything else is the first of them.</param>
    private static async Task<IResult> SignInAsync(HttpContext http, PortalSessions sessions, Bookkeeper ledger, string? token, string? to, CancellationToken cancel)
    {
        if (sessions.Find(token) is not { } session)
            return Html.Of<MessagePage>(StatusCodes.Status401Unauthorized, new Message(PortalTexts.LinkOverTitle, PortalTexts.LinkOver));
        // As with a call: whoever is seen for the first time has an account from then on.
        await ledger.OpenAsync(session.UserId, cancel);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, session.UserId)], Scheme);
        await http.SignInAsync(Scheme, new ClaimsPrincipal(identity), new AuthenticationProperties { ExpiresUtc = session.ExpiresAt, AllowRefresh = false });
        return Results.LocalRedirect(Menu.Of(Home).FirstOrDefault(item => item.Path == to)?.Path ?? Home);
    }

    private static async Task<IResult> SignOutAsync(HttpContext http)
    {
        await http.SignOutAsync(Scheme);
        http.User = new ClaimsPrincipal();
        return Html.Of<MessagePage>(new Message(PortalTexts.SignedOutTitle, PortalTexts.SignedOut));
    }

    /// <summary>There is no password to ask for: the way in leads through the app.</summary>
    private static Task AskAsync(HttpContext http)
    {
        PageHeaders.Write(http.Response.Headers);
        return Html.Of<MessagePage>(StatusCodes.Status401Unauthorized, new Message(PortalTexts.SignInTitle, PortalTexts.SignIn)).ExecuteAsync(http);
    }
}
