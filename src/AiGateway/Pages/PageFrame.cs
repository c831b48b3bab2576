using Microsoft.AspNetCore.Antiforgery;

namespace AiGateway.Pages;

/// <summary>What every page knows of its request.</summary>
internal sealed class PageFrame(HttpContext http, IAntiforgery antiforgery)
{
    public string Path => http.Request.Path.Value ?? "/";

    /// <summary>This gateway's address as the browser reaches it, without a slash at the end.</summary>
    public string Origin => OriginOf(http);

    /// <inheritdoc cref="Origin"/>
    public static string OriginOf(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}";

    /// <summary>Null: nobody is signed in.</summary>
    public string? SignedInAs => http.User.Identity is { IsAuthenticated: true } identity ? identity.Name : null;

    /// <summary>Goes into every form that posts; asking for it sets the cookie that it is compared with.</summary>
    public AntiforgeryTokenSet Antiforgery => antiforgery.GetAndStoreTokens(http);
}
