using Yarp.ReverseProxy.Forwarder;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>The connections to providers: they add nothing to a request and decode nothing of an answer.</summary>
internal sealed class UpstreamClients : ForwarderHttpClientFactory
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

    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new SmallBodies(base.WrapHandler(context, handler));
}
