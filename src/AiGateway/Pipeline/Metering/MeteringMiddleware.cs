using AiGateway.Ledger;
using AiGateway.Routes;
using AiGateway.Telemetry;
using AiGateway.Usage;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace AiGateway.Pipeline.Metering;

/// <summary>Watches the answer go by, and keeps the provider's answer coming when the caller has left.</summary>
internal sealed class MeteringMiddleware(RequestDelegate next, Bookkeeper ledger, OpenCallsDeadline deadline, OpenDrains drains, TimeProvider time, ILogger<MeteringMiddleware> log)
{
    /// <summary>What a live stream has produced is handed to the ledger this often, for the case that the process dies.</summary>
    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(5);

    public Task InvokeAsync(HttpContext context)
    {
        var call = context.Features.GetRequiredFeature<MeteredCall>();
        return call.Hold is not null || call.MayShowWork ? WatchAsync(context, call) : next(context);
    }

    private async Task WatchAsync(HttpContext context, MeteredCall call)
    {
        var callerBody = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var callerLifetime = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        using var lifetime = new CallLifetime(callerLifetime, call.Hold is not null && call.Route.OnClientDisconnect == OnClientDisconnect.Drain ? drains : null, deadline.Passed, time);
        await using var body = new AnswerBody(context, call, callerBody, lifetime, Checkpoints(call.Hold), time, log);
        context.Features.Set<IHttpResponseBodyFeature>(body);
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        var (operation, provider) = GenAi.Of(call.Route.Format);
        using var span = Spans.Operation(operation, provider, call.Facts?.Model);
        call.WentUpAt = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            context.Features.Set(callerBody);
            context.Features.Set(callerLifetime);
            if (call.UpstreamStatus != 0 && call.UpstreamRefusal is null)
            {
                call.Answer = await body.EndAsync(cut: context.GetForwarderErrorFeature() is not null);
                await body.SendRestAsync();
            }
            call.IsAborted = lifetime.IsAborted;
            call.AnsweredAt = time.GetTimestamp();
            CallFigures.Describe(span, call);
        }
    }

    private Action<UsageWatch> Checkpoints(HoldId? live)
    {
        if (live is not { } hold)
            return _ => { };
        var last = time.GetTimestamp();
        return watch =>
        {
            if (time.GetElapsedTime(last) < CheckpointEvery)
                return;
            last = time.GetTimestamp();
            ledger.Seen(hold, Estimates.OutputTokens(watch.OutputTextBytes));
        };
    }
}
