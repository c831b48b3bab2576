using System.Net;
using System.Net.Sockets;

namespace AiGateway.Demo;

/// <summary>
/// A provider of our own that answers over real HTTP on a loopback port, so that a fresh clone exercises the same path as a real one.
/// Deterministic: the same request gets the same words and the same usage; only ids and times differ.
/// </summary>
internal sealed class DemoProvider : IHostedService, IAsyncDisposable
{
    // Above the gateway's own 64 MiB, so that the gateway's limit is the one that is met.
    private const long MaxRequestBytes = 128L << 20;

    private readonly string key;
    private readonly TimeProvider time;
    private readonly ILoggerFactory logs;
    private readonly Socket socket;
    private readonly int port;
    private WebApplication? app;

    /// <param name="key">The only key that is accepted as Bearer; everything else gets 401.</param>
    public DemoProvider(string key, TimeProvider time, ILoggerFactory logs)
    {
        (this.key, this.time, this.logs) = (key, time, logs);
        // Bound here, not at start: the proxy's configuration needs the address before any hosted service has started.
        socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = socket.LocalEndPoint is IPEndPoint bound ? bound.Port : throw new InvalidOperationException("The demo provider's socket has no address.");
    }

    /// <summary>What OPENAI_BASE_URL would be: <c>http://127.0.0.1:PORT/v1</c>. Connections are accepted from StartAsync on.</summary>
    public string BaseUrl => $"http://127.0.0.1:{port}/v1";

    public async Task StartAsync(CancellationToken cancel)
    {
        // An empty builder reads no environment: ASPNETCORE_URLS is the gateway's, not ours.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "DemoProvider" });
        builder.Services.AddSingleton(logs);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.CreateBoundListenSocket = _ => socket).ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
        });
        app = builder.Build();
        app.UseRouting();
        app.Use(new DemoDoor(key, time).PassAsync);
        app.MapDemo();
        await app.StartAsync(cancel);
    }

    public Task StopAsync(CancellationToken cancel) => app is null ? Task.CompletedTask : app.StopAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
            await app.DisposeAsync();
        socket.Dispose();
    }
}
