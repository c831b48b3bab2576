using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using AiGateway.Accounts;
using AiGateway.Pages.Admin;
using AiGateway.Pages.Shared;
using AiGateway.Pages.Texts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace AiGateway.Pages;

/// <summary>
/// Signs operators in: by the admin key, or by the link that Development prints, which works once and brings no key into an address bar.
/// A session lasts a working day, and no longer than the key that it was begun with.
/// </summary>
internal sealed class OperatorSignIn(OperatorKey key) : IDisposable
{
    public const string Scheme = OperatorKey.SessionScheme;
    public const string Home = "/admin";
    private const string Path = Home + "/sign-in", MarkClaim = "key";
    private const int TokenBytes = 24;

    /// <summary>A key of 16 characters and more is not guessed ten times a minute.</summary>
    private const int FailuresPerMinute = 10;

    private static readonly TimeSpan WorkingDay = TimeSpan.FromHours(8);

    private readonly PartitionedRateLimiter<IPAddress> _failures = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions { PermitLimit = FailuresPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 }));

    private string? _token = RandomNumberGenerator.GetHexString(TokenBytes * 2, lowercase: true);

    /// <summary>The path and query of the link; null: it was used.</summary>
    public string? Link => _token is { } token ? $"{Path}?token={token}" : null;

    public static void ConfigureCookie(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "aigateway_operator";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Strict;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = WorkingDay;
        cookie.Events.OnRedirectToLogin = context => AskAsync(context.HttpContext);
        cookie.Events.OnValidatePrincipal = async context =>
        {
            if (context.Principal?.FindFirstValue(MarkClaim) == context.HttpContext.RequestServices.GetRequiredService<OperatorKey>().Mark)
                return;
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
        };
    }

    public static void Policy(AuthorizationPolicyBuilder policy) => policy.AddAuthenticationSchemes(Scheme).RequireAuthenticatedUser();

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var pages = endpoints.MapPageGroup(Home);
        pages.MapGet("/sign-in", (HttpContext http, OperatorSignIn signIn, string? token, string? to) => signIn.ByLinkAsync(http, token, to));
        pages.MapPost("/sign-in", (HttpContext http, OperatorSignIn signIn) => signIn.ByKeyAsync(http));
        pages.MapPost("/sign-out", (Delegate)SignOutAsync).RequireAuthorization(Policy);
    }

    /// <summary>Where a page of an operator's leads: never to another site, whatever stands in the address.</summary>
    /// <returns>The path, or that of the first page.</returns>
    public static string Safe(string? to) =>
        to is not null && (to == Home || to.StartsWith(Home + "/", StringComparison.Ordinal) || to.StartsWith(Home + "?", StringComparison.Ordinal))
        && !to.StartsWith(Path, StringComparison.Ordinal) && !to.Any(character => character is '\\' or < ' ')
            ? to : Home;

    public void Dispose() => _failures.Dispose();

    private async Task<IResult> ByLinkAsync(HttpContext http, string? token, string? to)
    {
        if (token is null)
            return Html.Of<SignInPage>(new SignInPage.View(Safe(to), null));
        var expected = _token;
        if (expected is null || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(expected))
            || Interlocked.CompareExchange(ref _token, null, expected) != expected)
            return Html.Of<SignInPage>(StatusCodes.Status401Unauthorized, new SignInPage.View(Home, SignInTexts.LinkUsed));
        await StartAsync(http);
        // A link that was followed from elsewhere: the session's cookie is strict, so the page is opened by this one itself.
        return Html.Of<SignedInPage>();
    }

    private async Task<IResult> ByKeyAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var to = Safe(form["to"]);
        var address = http.Connection.RemoteIpAddress ?? IPAddress.None;
        // A look at what is left costs nothing: only failures are counted, and after too many even the right key has to wait.
        using (var left = _failures.AttemptAcquire(address, 0))
            if (!left.IsAcquired)
                return Html.Of<SignInPage>(StatusCodes.Status429TooManyRequests, new SignInPage.View(to, SignInTexts.TooOften));
        if (!key.Is(form["key"]))
        {
            _failures.AttemptAcquire(address).Dispose();
            return Html.Of<SignInPage>(StatusCodes.Status401Unauthorized, new SignInPage.View(to, SignInTexts.WrongKey));
        }
        await StartAsync(http);
        return Results.LocalRedirect(to);
    }

    private Task StartAsync(HttpContext http) => http.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, SignInTexts.Operator), new Claim(MarkClaim, key.Mark)], Scheme)));

    private static async Task<IResult> SignOutAsync(HttpContext http)
    {
        await http.SignOutAsync(Scheme);
        return Results.LocalRedirect(Path);
    }

    /// <summary>A page that was asked for is opened after the sign-in; a form that was sent is not sent again.</summary>
    private static Task AskAsync(HttpContext http)
    {
        PageHeaders.Write(http.Response.Headers);
        if (HttpMethods.IsGet(http.Request.Method) && http.Request.Headers["Sec-Fetch-Dest"].ToString() is "" or "document")
        {
            http.Response.Redirect($"{Path}?to={Uri.EscapeDataString(http.Request.Path + http.Request.QueryString)}");
            return Task.CompletedTask;
        }
        return Html.Of<MessagePage>(StatusCodes.Status401Unauthorized, new Message(SignInTexts.OverTitle, SignInTexts.Over, Path, SignInTexts.Button)).ExecuteAsync(http);
    }
}
