using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AiGateway.Hosting;

/// <summary>What one caller may cost before we know who he is. A refusal here is Kestrel's own: the request is none yet.</summary>
internal static class ServerLimits
{
    /// <summary>A JWT of 8 KB, metadata of 2 KB and what proxies add fit four times.</summary>
    public const int HeaderBytes = 32 * 1024, HeaderCount = 100, RequestLineBytes = 8 * 1024;

    /// <summary>The largest file that a provider takes in one request is half of it. JSON has a bound of its own, 64 MiB, told in OpenAI's shape.</summary>
    public const long BodyBytes = 1024L * 1024 * 1024;

    /// <summary>An open stream is one connection: more than a process has files for, fewer than would let it grow without end.</summary>
    public const int Connections = 32_768;

    /// <summary>Who needs longer for his headers means to keep the connection.</summary>
    public static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(10);

    /// <summary>A body that comes slower is not being sent, it is being held; a phone on a bad line has thirty times that.</summary>
    public const double BytesPerSecond = 240;

    public static readonly TimeSpan SlowFor = TimeSpan.FromSeconds(5);

    private const int Http2Streams = 100, Http2HeaderFieldBytes = 16 * 1024;

    private static readonly TimeSpan Http2PingAfter = TimeSpan.FromSeconds(30), Http2PingPatience = TimeSpan.FromSeconds(20);

    public static void Set(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        (limits.MaxRequestHeadersTotalSize, limits.MaxRequestHeaderCount, limits.MaxRequestLineSize) = (HeaderBytes, HeaderCount, RequestLineBytes);
        (limits.MaxRequestBodySize, limits.RequestHeadersTimeout) = (BodyBytes, HeadersWithin);
        (limits.MaxConcurrentConnections, limits.MaxConcurrentUpgradedConnections) = (Connections, Connections);
        limits.MinRequestBodyDataRate = new MinDataRate(BytesPerSecond, SlowFor);
        // A caller who reads nothing while his answer waits to be sent would hold its memory; a stream without news is not slow reading.
        limits.MinResponseDataRate = new MinDataRate(BytesPerSecond, SlowFor);
        (limits.Http2.MaxStreamsPerConnection, limits.Http2.MaxRequestHeaderFieldSize) = (Http2Streams, Http2HeaderFieldBytes);
        // Connections whose other end is gone are found out, and their streams with them.
        (limits.Http2.KeepAlivePingDelay, limits.Http2.KeepAlivePingTimeout) = (Http2PingAfter, Http2PingPatience);
    }
}
