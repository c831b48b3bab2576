using System.Runtime.InteropServices;
using System.Text.Json;
using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Plans;
using AiGateway.Routes;
using AiGateway.Usage;

namespace AiGateway.Api;

/// <summary>POST /gateway/v1/estimate: what a call would hold, what calls like it usually use, and whether the balance will do. Nothing goes to a provider.</summary>
internal static class EstimateApi
{
    /// <summary>What is asked about: a call as it would be sent, or an action's name, or a number of tokens.</summary>
    internal sealed record Question(string? Path, JsonElement? Body, string? Action, long? Tokens);

    /// <summary>In tokens; null: nothing is known.</summary>
    internal sealed record Answer(long? EstimatedTokens, long? TypicalLow, long? TypicalHigh, bool HasEnough, long Balance, long Available);

    private const long MaxTokens = 1_000_000_000_000;

    public static async Task<IResult> EstimateAsync(
        HttpContext context, Question question, RoutesFile routes, HoldCap cap, BalanceReader balances, TypicalReader typicals, IPlanBookSource plans, Bookkeeper ledger, CancellationToken cancel)
    {
        var route = question.Path is { } path ? Find(routes.Current, path) : null;
        if (Check(question, route, CallerAccess.Caller(context)) is { } problem)
            return problem;
        var balance = await GatewayApi.BalanceOfAsync(CallerAccess.User(context), balances, plans, ledger, cancel);
        var action = question.Action ?? route?.Action;
        var typical = action is null ? null : await typicals.OfAsync(balance.UserId, action, cancel);
        try
        {
            var tokens = route is not null ? OfCall(route, question.Body, Math.Min(cap.Tokens, balance.Available))
                : question.Tokens ?? typical?.High ?? OfAction(routes.Current, action);
            return Results.Ok(new Answer(tokens, typical?.Low, typical?.High, (tokens ?? 1) <= balance.Available, balance.Balance, balance.Available));
        }
        catch (JsonException error)
        {
            return Problems.Invalid($"body is not a request for {question.Path}: {error.Message}");
        }
    }

    private static IResult? Check(Question question, MeteredRoute? route, Caller caller)
    {
        if (question is { Path: null, Action: null, Tokens: null })
            return Problems.Invalid("Send path and body as for the call, or action, or tokens.");
        if (question.Action is { } action && CallLabels.CheckAction(action) is { } why)
            return Problems.Invalid($"action {why}");
        if (question.Tokens is < 0 or > MaxTokens)
            return Problems.Invalid($"tokens must be 0 to {MaxTokens}.");
        if (question.Path is not null && route is null)
            return Problems.NotFound($"No route for POST {question.Path}.");
        return route?.Access == RouteAccess.App && caller.Kind != KeyKind.App
            ? Problems.Forbidden("route_not_allowed", "This route is open to app keys only.")
            : null;
    }

    /// <summary>With and without /v1, as for the call itself.</summary>
    private static MeteredRoute? Find(RouteTable table, string path)
    {
        path = "/" + path.Split('?')[0].Trim('/');
        return path.StartsWith("/v1/", StringComparison.OrdinalIgnoreCase) ? table.Find("POST", path)
            : table.IsNamed("POST", "/v1" + path) ? table.Find("POST", "/v1" + path)
            : table.Find("POST", path);
    }

    /// <summary>Exactly what admission would hold.</summary>
    private static long OfCall(MeteredRoute route, JsonElement? body, long limit)
    {
        if (!HoldEstimate.TakesHold(route.Format, "POST"))
            return 0;
        if (body is not { } given)
            return HoldEstimate.Of(route, null).Amount;
        var json = JsonMarshal.GetRawUtf8Value(given);
        var facts = RequestReader.Read(route.Format, json);
        var bound = HoldEstimate.Of(route, facts);
        return bound.Amount > limit ? bound.Counted(route, facts, json, limit).Amount : bound.Amount;
    }

    /// <summary>An action that nobody has taken yet: the output that its route presumes.</summary>
    private static long? OfAction(RouteTable table, string? action) =>
        table.Routes.FirstOrDefault(route => route.Action == action && HoldEstimate.TakesHold(route.Format, "POST")) is { } route
            ? HoldEstimate.Of(route, new RequestFacts()).Amount
            : null;
}
