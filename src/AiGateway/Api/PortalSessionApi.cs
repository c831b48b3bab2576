using AiGateway.Accounts;

namespace AiGateway.Api;

/// <summary>POST /gateway/v1/portal-sessions: an app's server lets one of its users look at his own account, in a browser, for a quarter of an hour.</summary>
internal static class PortalSessionApi
{
    internal sealed record NewSession(string UserId);

    /// <param name="Url">Signs the user in and leads to his balance; hand it to nobody else.</param>
    internal sealed record OpenedSession(string Token, string Url, DateTime ExpiresAt);

    public static IResult Open(HttpContext context, NewSession wish, PortalSessions sessions)
    {
        if (CallerAccess.Caller(context).Kind != KeyKind.App)
            return Problems.Forbidden("route_not_allowed", "Portal sessions are opened by an app's server, with an app key.");
        if (UserIds.Check(wish.UserId) is { } why)
            return Problems.Invalid($"user_id {why}");
        var (token, expiresAt) = sessions.Open(wish.UserId);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Ok(new OpenedSession(token, $"{CallerAccess.Origin(context)}/dashboard/sign-in?token={Uri.EscapeDataString(token)}", expiresAt.UtcDateTime));
    }
}
