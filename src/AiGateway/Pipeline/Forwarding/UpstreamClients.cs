using Yarp.ReverseProxy.Forwarder;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>The connections to providers: they add nothing to a request and decode nothing of an answer.</summary>
internal sealed class UpstreamClients(TimeProvider time) : ForwarderHttpClientFactory
{
    /// <summary>A provider that does not take a connection in this time is down.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connections are renewed so that a change of the provider's address is followed.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        // Without one there is no handler for it in the chain either.
        handler.ActivityHeadersPropagator = null;
        handler.ConnectTimeout = ConnectTimeout;
        handler.PooledConnectionLifetime = ConnectionLifetime;
    }

    protected override bool CanReuseOldClient(ForwarderHttpClientContext context) =>
        base.CanReuseOldClient(context) && HasDeadline(context.OldMetadata) == HasDeadline(context.NewMetadata);

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler)
    {
        var sends = new SmallBodies(base.WrapHandler(context, handler));
        return HasDeadline(context.NewMetadata) ? new AnswerDeadline(sends, time) : sends;
    }

    private static bool HasDeadline(IReadOnlyDictionary<string, string>? metadata) =>
        metadata?.Keys.Contains(AnswerDeadline.MetadataKey, StringComparer.OrdinalIgnoreCase) == true;
}
