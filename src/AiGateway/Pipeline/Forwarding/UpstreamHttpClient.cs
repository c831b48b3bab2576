using Yarp.ReverseProxy.Forwarder;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>The connection to providers: adds nothing to a request and decodes nothing of an answer.</summary>
internal static class UpstreamHttpClient
{
    /// <summary>A provider that does not take a connection in this time is down.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Connections are renewed so that a change of the provider's address is followed.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static void Configure(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        // Without one there is no handler for it in the chain either.
        handler.ActivityHeadersPropagator = null;
        handler.ConnectTimeout = ConnectTimeout;
        handler.PooledConnectionLifetime = ConnectionLifetime;
    }
}
