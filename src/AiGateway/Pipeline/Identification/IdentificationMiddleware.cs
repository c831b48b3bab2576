using Microsoft.AspNetCore.Http.Features;
using AiGateway.Accounts;
using AiGateway.Routes;

namespace AiGateway.Pipeline.Identification;

/// <summary>Who is calling? Fills <see cref="MeteredCall.Caller"/>, or refuses with 401 or 403.</summary>
internal sealed class IdentificationMiddleware(RequestDelegate next, Callers callers, FailedCredentials failures)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var call = context.Features.GetRequiredFeature<MeteredCall>();
        if (await IdentifyAsync(context, call) is { } refusal)
            await RefusalWriter.WriteAsync(context, refusal);
        else
            await next(context);
    }

    private async Task<Refusal?> IdentifyAsync(HttpContext context, MeteredCall call)
    {
        var credential = Credential.Read(name => context.Request.Headers.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null);
        if (credential is null)
            return Slowed(context, "No API key was sent. Use the header Authorization: Bearer <key>.");
        KeyAnswer answer;
        try
        {
            answer = await callers.CheckAsync(credential, context.RequestAborted);
        }
        catch (KeysUnavailableException)
        {
            return Refusal.LedgerUnavailable();
        }
        catch (IssuerUnavailableException)
        {
            return Refusal.IssuerUnavailable();
        }
        if (answer.Caller is not { } caller)
            return Slowed(context, answer.Why);
        call.Caller = caller;
        return Permitted(context.Request, call.Route, caller);
    }

    private static Refusal? Permitted(HttpRequest request, MeteredRoute route, Caller caller)
    {
        if (caller.Kind == KeyKind.App && request.Headers.Origin.Count > 0)
            return Refusal.AppKeyInBrowser();
        if (caller.Kind != KeyKind.App && route.Access == RouteAccess.App)
            return Refusal.RouteNotAllowed("This route reaches objects of every account; it is open to app keys only.");
        return null;
    }

    private Refusal Slowed(HttpContext context, string why) =>
        failures.Count(context.Connection.RemoteIpAddress) is { } wait
            ? Refusal.TooManyFailedCredentials(wait)
            : Refusal.InvalidApiKey(why);
}
