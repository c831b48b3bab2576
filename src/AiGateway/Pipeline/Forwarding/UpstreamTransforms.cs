using System.Net;
using System.Net.Http.Headers;
using AiGateway.Accounts;
using AiGateway.Routes;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>
/// What goes up differs from what came in by the credential and the hop headers only: no X-Forwarded-*, no trace headers,
/// nothing of ours. What comes back is left alone but for answers about the gateway's own account.
/// </summary>
internal sealed class UpstreamTransforms : ITransformProvider
{
    private RoutesFile? _routes;

    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        context.UseDefaultForwarders = false;
        context.AddRequestTransform(request =>
        {
            // Asked for here: checking the routes file builds transforms, so these cannot be built from it.
            var routes = _routes ??= context.Services.GetRequiredService<RoutesFile>();
            var proxy = request.HttpContext.GetReverseProxyFeature();
            Send(request, routes.ForCluster(proxy.Cluster.Config), proxy.ProxiedDestination?.DestinationId);
            return ValueTask.CompletedTask;
        });
        context.AddResponseTransform(Receive);
    }

    private static void Send(RequestTransformContext request, UpstreamCluster cluster, string? destinationId)
    {
        var headers = request.ProxyRequest.Headers;
        var deployment = cluster.Of(destinationId);
        foreach (var name in Credential.Headers)
            headers.Remove(name);
        headers.Remove(HeaderNames.Cookie);
        headers.Remove(deployment.AuthHeaderName);
        DropWebSocketCredential(headers);
        UpstreamPath.KeepEncoding(request);
        foreach (var (name, _) in request.HttpContext.Request.Headers)
            if (name.StartsWith(CallHeaders.Prefix, StringComparison.OrdinalIgnoreCase))
                headers.Remove(name);
        if (deployment.ApiKey is { } key)
            headers.TryAddWithoutValidation(deployment.AuthHeaderName, deployment.AuthValuePrefix + key);
        foreach (var (name, value) in deployment.Headers)
        {
            headers.Remove(name);
            headers.TryAddWithoutValidation(name, value);
        }
        var call = request.HttpContext.Features.Get<MeteredCall>();
        if (call is not null)
            (call.UpstreamPath, call.UpstreamQuery) = (request.Path.ToUriComponent(), request.Query.QueryString.ToUriComponent());
        UpstreamBody.Prepare(request, call, deployment);
        if (call is { MayMoveOn: true } && cluster.AnswerWithin is { } patience)
            AnswerDeadline.Set(request.ProxyRequest, patience);
        if (call is { IsSession: true })
            // Compressed frames could be read by nobody in between.
            headers.Remove(HeaderNames.SecWebSocketExtensions);
        if (call is { UsageSpliced: true } or { Headers.IncludeUsage: true, Facts.Stream: true })
        {
            // The spliced chunk has to be taken out again, or our comment put in, and that works on plain bytes only.
            headers.Remove(HeaderNames.AcceptEncoding);
            headers.TryAddWithoutValidation(HeaderNames.AcceptEncoding, "identity");
        }
    }

    /// <summary>Of the subprotocols only the one that carries a key is the gateway's own business.</summary>
    private static void DropWebSocketCredential(HttpRequestHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues(HeaderNames.SecWebSocketProtocol, out var lines))
            return;
        var kept = lines.SelectMany(line => line.Split(',', StringSplitOptions.TrimEntries))
            .Where(protocol => !protocol.StartsWith(Credential.WebSocketPrefix, StringComparison.OrdinalIgnoreCase)).ToList();
        headers.Remove(HeaderNames.SecWebSocketProtocol);
        if (kept.Count > 0)
            headers.TryAddWithoutValidation(HeaderNames.SecWebSocketProtocol, string.Join(", ", kept));
    }

    private static async ValueTask Receive(ResponseTransformContext response)
    {
        if (response.ProxyResponse is not { } answer || response.HttpContext.Features.Get<MeteredCall>() is not { } call)
            return;
        call.UpstreamStatus = (int)answer.StatusCode;
        call.RetryAfter = DiscardedAnswer.RetryAfter(answer);
        if (call.MayMoveOn && FailoverMiddleware.IsForAnother(answer.StatusCode) && !call.CallerAborted.IsCancellationRequested)
        {
            await DiscardedAnswer.TakeAsync(call, answer, response.HttpContext.RequestAborted);
            response.SuppressResponseBody = true;
            return;
        }
        // An ordinary answer on a session's route would be one that nobody meters, of objects that nobody looked up.
        // Over HTTP/2 a WebSocket opens with 200, to a request that names its protocol.
        var hasOpened = answer is { StatusCode: HttpStatusCode.OK, RequestMessage.Headers.Protocol: not null };
        call.UpstreamRefusal = call.IsSession && !hasOpened && answer.StatusCode is >= HttpStatusCode.OK and < HttpStatusCode.BadRequest
            ? Refusal.BadRequest("The provider did not open a WebSocket.", StatusCodes.Status426UpgradeRequired)
            : await AccountTrouble.FindAsync(answer, response.HttpContext.RequestAborted);
        if (call.UpstreamRefusal is not null)
            response.SuppressResponseBody = true;
    }
}
