using System.Net;
using AiGateway.Routes;
using AiGateway.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>
/// Sends a call that one deployment failed to another one, for as long as nothing of an answer has come. What the last one says, or
/// does, is what the caller gets. Calls that have only one deployment pass by.
/// </summary>
internal sealed class FailoverMiddleware(RequestDelegate next, RoutesFile routes, ILogger<FailoverMiddleware> log)
{
    public Task InvokeAsync(HttpContext context)
    {
        var proxy = context.GetReverseProxyFeature();
        return proxy.AvailableDestinations.Count > 1 && context.Features.Get<MeteredCall>() is { IsSession: false } call && CanGoUpTwice(context, call)
            ? TryEachAsync(context, call, proxy)
            : next(context);
    }

    /// <summary>Answers that another deployment may not have to give: the model is busy, broken, or does not know our key.</summary>
    public static bool IsForAnother(HttpStatusCode status) =>
        status is HttpStatusCode.Unauthorized or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private static bool CanGoUpTwice(HttpContext context, MeteredCall call) =>
        call.Body is not null || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };

    private async Task TryEachAsync(HttpContext context, MeteredCall call, IReverseProxyFeature proxy)
    {
        var left = proxy.AvailableDestinations.ToList();
        var most = Math.Min(routes.ForCluster(proxy.Cluster.Config).Attempts, left.Count);
        for (call.Attempt = 1; ; call.Attempt++)
        {
            proxy.AvailableDestinations = left;
            call.MayMoveOn = call.Attempt < most;
            await next(context);
            if (!call.MayMoveOn || !IsForAnother(context, call))
                return;
            Log.MovedOn(log, call.RequestId, call.Attempt, proxy.ProxiedDestination?.DestinationId, WhatHappened(context, call));
            left.Remove(proxy.ProxiedDestination ?? left[0]);
            Forget(context, call, proxy);
        }
    }

    private static bool IsForAnother(HttpContext context, MeteredCall call)
    {
        if (call.HasMovedOn)
            return true;
        return !call.HasAnswerBegun && !context.Response.HasStarted && !call.CallerAborted.IsCancellationRequested
            && context.GetForwarderErrorFeature() is { Error: ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.RequestBodyDestination
                or ForwarderError.ResponseHeaders or ForwarderError.ResponseBodyDestination };
    }

    private static string WhatHappened(HttpContext context, MeteredCall call) =>
        context.GetForwarderErrorFeature() is { } error ? $"{error.Error} ({error.Exception?.Message})" : $"it answered {call.UpstreamStatus}";

    /// <summary>As if this try had not been.</summary>
    private static void Forget(HttpContext context, MeteredCall call, IReverseProxyFeature proxy)
    {
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.Clear();
        proxy.ProxiedDestination = null;
        (call.HasMovedOn, call.UpstreamStatus, call.UpstreamRefusal, call.RetryAfter) = (false, 0, null, null);
    }
}
