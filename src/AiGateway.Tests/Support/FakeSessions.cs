using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AiGateway.Tests.Support;

/// <summary>A provider of WebSocket sessions: plays a script to whoever connects.</summary>
internal sealed class FakeSessions : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeSessions(WebApplication app) => this.app = app;

    public string BaseUrl => app.Urls.Single() + "/v1";

    /// <summary>The request headers of the last session.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    /// <param name="script">What is done with a connection; the socket is closed behind it.</param>
    public static async Task<FakeSessions> StartAsync(Func<WebSocket, Task> script)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "FakeSessions" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var sessions = new FakeSessions(builder.Build());
        sessions.app.UseWebSockets();
        sessions.app.Run(async http =>
        {
            sessions.Headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            if (http.WebSockets.IsWebSocketRequest)
                await PlayAsync(http, script);
            else
                http.Response.StatusCode = 426;
        });
        await sessions.app.StartAsync(TestContext.Current.CancellationToken);
        return sessions;
    }

    /// <summary>Opens the socket that was asked for, does with it what the script says, and closes it.</summary>
    public static async Task PlayAsync(HttpContext http, Func<WebSocket, Task> script)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync(http.WebSockets.WebSocketRequestedProtocols.FirstOrDefault());
        try
        {
            await script(socket);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // The other side left in the middle of the script: that is what some tests are about.
            return;
        }
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None);
    }

    public static Task SendAsync(WebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <returns>The next text message; null: the socket was closed.</returns>
    public static async Task<string?> ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[16 * 1024];
        var whole = new MemoryStream();
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken);
            if (got.MessageType == WebSocketMessageType.Close)
                return null;
            whole.Write(buffer, 0, got.Count);
            if (got.EndOfMessage)
                return Encoding.UTF8.GetString(whole.ToArray());
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
