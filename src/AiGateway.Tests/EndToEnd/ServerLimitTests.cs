using System.Net;
using System.Net.Sockets;
using System.Text;
using AiGateway.Hosting;
using AiGateway.Tests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AiGateway.Tests.EndToEnd;

/// <summary>What one connection may cost before anybody knows who it is.</summary>
[Collection(PatientGroup.Name)]
public sealed class ServerLimitTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private const string Chat = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n";

    /// <returns>All that came before the gateway closed the connection.</returns>
    private async Task<string> SentAsync(params string[] parts)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, shared.Gateway.Process.BaseAddress.Port, Cancel);
        var stream = client.GetStream();
        foreach (var part in parts)
            await stream.WriteAsync(Encoding.ASCII.GetBytes(part), Cancel);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, Cancel).WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        }
        catch (IOException)
        {
            // It was cut off; what came before counts.
        }
        return Encoding.ASCII.GetString(answer.ToArray());
    }

    [Fact]
    public async Task Who_keeps_his_headers_or_his_body_back_is_let_go()
    {
        var app = await shared.Gateway.AppAsync();
        var (headers, body) = (SentAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n"), SentAsync($"{Chat}Authorization: Bearer {app.Secret}\r\nX-AiGateway-User: slow\r\n\r\n{{"));
        Assert.StartsWith("HTTP/1.1 408", await headers);
        Assert.DoesNotContain("HTTP/1.1 200", await body);
        Assert.DoesNotContain(shared.Gateway.Provider.Requests, request => request.Method == "POST");
        await shared.Gateway.NothingHeldAsync();
    }

    [Fact]
    public async Task Headers_beyond_their_size_or_number_and_long_addresses_are_refused()
    {
        Assert.StartsWith("HTTP/1.1 431", await SentAsync($"GET / HTTP/1.1\r\nHost: x\r\nX-A: {new string('a', ServerLimits.HeaderBytes)}\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 431", await SentAsync($"GET / HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Repeat("X-A: 1\r\n", ServerLimits.HeaderCount))}\r\n"));
        Assert.StartsWith("HTTP/1.1 414", await SentAsync($"GET /{new string('a', ServerLimits.RequestLineBytes)} HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    [Fact]
    public async Task A_file_beyond_the_bound_is_refused_before_it_is_sent()
    {
        var app = await shared.Gateway.AppAsync();
        var answer = await SentAsync($"POST /v1/files HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {app.Secret}\r\nX-AiGateway-User: large\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {ServerLimits.BodyBytes + 1}\r\n\r\n--b\r\n");
        Assert.StartsWith("HTTP/1.1 413", answer);
        Assert.DoesNotContain(shared.Gateway.Provider.Requests, request => request.RawTarget.Contains("files", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_name_of_a_host_in_a_request_leads_nowhere_but_to_the_provider()
    {
        var app = await shared.Gateway.AppAsync();
        var before = shared.Gateway.Provider.Requests.Count;
        foreach (var target in new[] { "http://169.254.169.254/v1/models", "//169.254.169.254/v1/models", "/v1/models" })
            await SentAsync($"GET {target} HTTP/1.1\r\nHost: 169.254.169.254\r\nX-Forwarded-Host: 169.254.169.254\r\nConnection: close\r\nAuthorization: Bearer {app.Secret}\r\nX-AiGateway-User: elsewhere\r\n\r\n");
        Assert.InRange(shared.Gateway.Provider.Requests.Count - before, 1, 3);
    }

    [Fact]
    public void Http2_has_its_bounds_too()
    {
        var options = new KestrelServerOptions();
        ServerLimits.Set(options);
        Assert.Equal(100, options.Limits.Http2.MaxStreamsPerConnection);
        Assert.True(options.Limits.Http2.KeepAlivePingDelay < TimeSpan.FromMinutes(1));
        Assert.Equal(ServerLimits.HeadersWithin, options.Limits.RequestHeadersTimeout);
        Assert.NotNull(options.Limits.MinRequestBodyDataRate);
    }
}
