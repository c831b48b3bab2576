using AiGateway.Accounts;

namespace AiGateway.Api;

/// <summary>Lets callers in with their own credential, or with a portal session of theirs; an app key names its user in X-AiGateway-User.</summary>
internal sealed class CallerAccess(Callers callers, PortalSessions portals) : IEndpointFilter
{
    private const string UserHeader = "X-AiGateway-User";
    private const string UserItem = "AiGateway.Api.User";
    private const string CallerItem = "AiGateway.Api.Caller";

    /// <summary>This gateway's address as the caller reaches it, without a slash at the end.</summary>
    public static string Origin(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";

    /// <summary>The user this request is about.</summary>
    public static string User(HttpContext context) =>
        context.Items[UserItem] as string ?? throw new InvalidOperationException("The endpoint has no CallerAccess filter.");

    public static Caller Caller(HttpContext context) =>
        context.Items[CallerItem] as Caller ?? throw new InvalidOperationException("The endpoint has no CallerAccess filter.");

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var refusal = await IdentifyAsync(http);
        return refusal ?? await next(context);
    }

    private async Task<IResult?> IdentifyAsync(HttpContext http)
    {
        var credential = Credential.Read(name => http.Request.Headers.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null);
        if (credential is null)
            return Problems.Unauthorized("Send an API key: Authorization: Bearer <key>.");
        var (caller, why) = PortalSessions.LooksLikeToken(credential) ? OfPortal(credential) : await callers.CheckAsync(credential, http.RequestAborted);
        if (caller is null)
            return Problems.Unauthorized(why);
        if (caller.Kind == KeyKind.App && http.Request.Headers.Origin.Count > 0)
            return Problems.Forbidden("app_key_in_browser", "An app key must stay on a server.");
        http.Items[CallerItem] = caller;
        return NameUser(http, caller);
    }

    private KeyAnswer OfPortal(string token) => portals.Find(token) is { } session
        ? new KeyAnswer(new Caller(KeyKind.Portal, session.UserId, "portal"), "")
        : new KeyAnswer(null, "The portal session has expired, or is not one of this gateway's. Ask the app for a new one.");

    private static IResult? NameUser(HttpContext http, Caller caller)
    {
        var named = http.Request.Headers.TryGetValue(UserHeader, out var values) && values.Count > 0 ? Uri.UnescapeDataString(values[^1] ?? "") : null;
        if (named is not null && UserIds.Check(named) is { } why)
            return Problems.Invalid($"{UserHeader} {why}");
        if (caller.UserId is { } own && named is not null && named != own)
            return Problems.Forbidden("user_mismatch", "A user key, a token or a portal session acts for its own user only.");
        if (http.GetEndpoint()?.Metadata.GetMetadata<UserInBody>() is not null)
            return null;
        if ((caller.UserId ?? named) is not { } user)
            return Problems.Invalid($"An app key must name its user: send {UserHeader}.");
        http.Items[UserItem] = user;
        return null;
    }
}
