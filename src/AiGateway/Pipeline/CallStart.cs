using AiGateway.Routes;
using AiGateway.Telemetry;
using AiGateway.Usage;
using Microsoft.AspNetCore.Http.Features;

namespace AiGateway.Pipeline;

/// <summary>Opens the call's record, refuses what no route may forward, and writes its one line into the log when it ends.</summary>
internal sealed class CallStart(RequestDelegate next, RoutesFile routes, CallFigures figures, TimeProvider time, CallLog log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var route = routes.For(context.GetReverseProxyFeature().Route.Config);
        var call = new MeteredCall(RequestIds.Of(context), route, time.GetTimestamp()) { IsSession = IsMeteredSession(context, route), CallerAborted = context.RequestAborted };
        context.Features.Set(call);
        Spans.Request(call.RequestId);
        try
        {
            if (!call.Route.AllowUnmetered && (call.Route.BypassesMeter || (IsUpgrade(context) && !call.IsSession)))
                await RefusalWriter.WriteAsync(context, Refusal.UnmeteredRouteDisabled());
            else if (!call.IsSession && IsSessionRouteOnly(context, route))
                await RefusalWriter.WriteAsync(context, Refusal.BadRequest("This address opens a WebSocket.", StatusCodes.Status426UpgradeRequired));
            else
                await next(context);
        }
        finally
        {
            figures.Record(call);
            WriteLine(context, call);
        }
    }

    /// <summary>A WebSocket of the kinds whose events tell what they used. A route that charges what shows no usage flat says that its sessions do not.</summary>
    private static bool IsMeteredSession(HttpContext context, MeteredRoute route) =>
        route is { Format: UsageFormat.OpenAiRealtime or UsageFormat.OpenAiResponses, BypassesMeter: false, WhenUsageMissing: WhenUsageMissing.Estimate }
        && HttpMethods.IsGet(context.Request.Method)
        && context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true
        && "websocket".Equals(context.Request.Headers.Upgrade, StringComparison.OrdinalIgnoreCase);

    /// <summary>A GET here is there for a WebSocket; as an ordinary one it would read what nobody looked up.</summary>
    private static bool IsSessionRouteOnly(HttpContext context, MeteredRoute route) =>
        HttpMethods.IsGet(context.Request.Method) && route is { Format: UsageFormat.OpenAiRealtime or UsageFormat.OpenAiResponses, AllowUnmetered: false };

    /// <summary>A connection that stops being HTTP, whatever its method says, is one that nobody here reads.</summary>
    private static bool IsUpgrade(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true
        || context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect == true;

    private void WriteLine(HttpContext context, MeteredCall call) => log.Write(new CallLine(
        time.GetUtcNow(), context.Request.Method, context.Request.Path, context.Response.StatusCode, call.UserId, call.Action,
        call.Answer?.Usage.Model ?? call.Facts?.Model, call.Settled?.Outcome ?? (call.Replay is null ? "passed" : "replayed"),
        call.HeldTokens, call.Settled?.Tokens ?? 0, call.Settled?.Source is { } source ? AnswerHeaders.UsageSourceName(source) : null,
        (long)time.GetElapsedTime(call.StartedAt).TotalMilliseconds, call.RequestId)
    {
        InputTokens = call.Answer?.Usage.Tokens?.Input, OutputTokens = call.Answer?.Usage.Tokens?.Output, Balance = call.Settled?.Balance,
        UpstreamMilliseconds = Milliseconds(call.WentUpAt, call.AnsweredAt), FirstByteMilliseconds = Milliseconds(call.StartedAt, call.FirstByteAt),
    });

    private long? Milliseconds(long from, long to) => from > 0 && to > 0 ? (long)time.GetElapsedTime(from, to).TotalMilliseconds : null;
}
