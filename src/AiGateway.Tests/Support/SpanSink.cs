using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AiGateway.Tests.Support;

/// <summary>Takes what a gateway sends by OTLP over HTTP, and keeps it as it came: names and values in it are plain text between protobuf's own bytes.</summary>
internal sealed class SpanSink : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<string> received = new();

    private SpanSink(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    /// <summary>All that came to one path, /v1/traces or /v1/metrics.</summary>
    public string Sent(string path) => string.Join('\n', received.Where(text => text.StartsWith(path, StringComparison.Ordinal)));

    public static async Task<SpanSink> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "SpanSink" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var sink = new SpanSink(builder.Build());
        sink.app.Run(sink.TakeAsync);
        await sink.app.StartAsync(TestContext.Current.CancellationToken);
        return sink;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        received.Enqueue($"{http.Request.Path} {Encoding.Latin1.GetString(body.ToArray())}");
    }
}
