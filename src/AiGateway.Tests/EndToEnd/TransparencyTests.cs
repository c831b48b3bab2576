using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AiGateway.Tests.EndToEnd;

/// <summary>What passes through comes out as it went in: codings, methods, trailers, large frames, either version of HTTP.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class TransparencyTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskStream = """{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const int Megabyte = 1 << 20;

    private RunningGateway Gateway => shared.Gateway;

    [Theory]
    [InlineData("gzip", false)]
    [InlineData("gzip", true)]
    [InlineData("br", false)]
    [InlineData("br", true)]
    [InlineData("deflate", false)]
    [InlineData("deflate", true)]
    [InlineData("zstd", false)]
    [InlineData("zstd", true)]
    [InlineData("gzip, zstd", true)]
    public async Task A_compressed_answer_arrives_as_it_was_compressed_and_is_metered_from_a_copy(string coding, bool isStream)
    {
        var (user, caller) = await NewCallerAsync();
        var plain = isStream ? string.Concat(FakeChat.Stream(withUsage: true)) : FakeChat.Whole;
        var packed = Encoding.UTF8.GetBytes(plain);
        foreach (var step in coding.Split(", "))
            packed = await PackAsync(packed, step);
        var answer = FakeAnswer.Of(isStream ? "text/event-stream" : "application/json", 200, packed.Chunk(37).Select(piece => new FakePiece(piece)));
        Gateway.Provider.Enqueue(answer with { Headers = [.. answer.Headers, new("Content-Encoding", coding)] });
        using var request = caller.Request(HttpMethod.Post, CallerClient.ChatPath, isStream ? AskStream : Ask);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br, deflate, zstd");
        using var got = await caller.SendAsync(request);
        Assert.Equal(packed, await got.BytesAsync());
        Assert.Equal(coding, string.Join(", ", got.Content.Headers.ContentEncoding));
        Assert.Equal("gzip, br, deflate, zstd", Gateway.Provider.Requests[^1].Header("Accept-Encoding"));
        var row = Assert.Single(await Gateway.Admin.ChargesAsync(user, 1));
        Assert.Equal((FakeChat.TotalTokens, "reported"), (row.GetProperty("tokens_used").GetInt64(), row.GetProperty("usage_source").GetString()));
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("HEAD", null)]
    [InlineData("DELETE", null)]
    [InlineData("OPTIONS", null)]
    [InlineData("POST", "{\"a\": 1.0}")]
    [InlineData("PUT", "\u0001 no JSON \u00ff")]
    [InlineData("PATCH", "[ 1 ]")]
    [InlineData("PROPFIND", "<x/>")]
    public async Task Every_method_passes_with_its_body_and_its_answer(string method, string? body)
    {
        var app = Gateway.Caller(await Gateway.AppAsync());
        await Gateway.Admin.CreateUserAsync("odd");
        var sent = FakeAnswer.Of("text/odd; a=\"b\"", 207, FakePiece.Of(method == "HEAD" ? "" : " odd \0 bytes ")) with { KnowsLength = method != "HEAD" };
        Gateway.Provider.Enqueue(sent with { Headers = [.. sent.Headers, new("X-Twice", "1"), new("X-Twice", "2"), new("Warning", "199 - \"odd\"")] });
        await Gateway.Admin.GrantAsync("odd", 100_000, $"test:{method}");
        using var request = app.Request(HttpMethod.Parse(method), "/v1/odd/a%20thing?x=%2F&y");
        request.Headers.Add("X-AiGateway-User", "odd");
        request.Content = body is null ? null : new ByteArrayContent(Encoding.Latin1.GetBytes(body)) { Headers = { { "Content-Type", "application/odd" } } };
        using var got = await app.SendAsync(request);
        Assert.Equal(207, (int)got.StatusCode);
        Assert.Equal(method == "HEAD" ? [] : sent.Body, await got.BytesAsync());
        Assert.Equal(["1", "2"], got.Headers.GetValues("X-Twice"));
        Assert.Equal("text/odd; a=\"b\"", got.Content.Headers.ContentType?.ToString());
        var up = Gateway.Provider.Requests[^1];
        Assert.Equal((method, "/v1/odd/a%20thing?x=%2F&y"), (up.Method, up.RawTarget));
        Assert.Equal(Encoding.Latin1.GetBytes(body ?? ""), up.Body);
        await Gateway.NothingHeldAsync();
    }

    [Fact]
    public async Task An_event_of_a_megabyte_passes_and_the_usage_behind_it_is_found()
    {
        var (user, caller) = await NewCallerAsync();
        var events = FakeChat.Stream(withUsage: true).ToList();
        events.Insert(2, $$$"""data: {"choices":[{"index":0,"delta":{"content":"{{{new string('x', Megabyte)}}}"}}],"usage":null}""" + "\n\n");
        var bytes = Encoding.UTF8.GetBytes(string.Concat(events));
        Gateway.Provider.Enqueue(FakeAnswer.Events(bytes.Chunk(10_000).Select(piece => new FakePiece(piece))));
        using var got = await caller.ChatAsync(AskStream);
        Assert.Equal(bytes, await got.BytesAsync());
        Assert.Equal(FakeChat.TotalTokens, Assert.Single(await Gateway.Admin.ChargesAsync(user, 1)).GetProperty("tokens_used").GetInt64());
    }

    [Fact]
    public async Task Messages_of_a_megabyte_pass_a_session_both_ways()
    {
        var large = $$"""{"type":"conversation.item.create","x":"{{new string('ä', Megabyte / 2)}}"}""";
        string? received = null;
        await using var provider = await FakeSessions.StartAsync(async socket =>
        {
            received = await FakeSessions.ReceiveAsync(socket);
            await FakeSessions.SendAsync(socket, large);
            await FakeSessions.SendAsync(socket, """{"type":"response.done","response":{"id":"resp_1","status":"completed","usage":{"total_tokens":15,"input_tokens":10,"output_tokens":5}}}""");
        });
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["OPENAI_BASE_URL"] = provider.BaseUrl });
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + (await gateway.NewUserAsync("anna", 1_000_000)).Secret);
        await socket.ConnectAsync(new UriBuilder(gateway.Process.BaseAddress) { Scheme = "ws", Path = "/v1/realtime", Query = "model=gpt-realtime" }.Uri, TestContext.Current.CancellationToken);
        await FakeSessions.SendAsync(socket, large);
        Assert.Equal(large, await FakeSessions.ReceiveAsync(socket));
        Assert.Equal(large, received);
        while (await FakeSessions.ReceiveAsync(socket) is not null) { }
        Assert.Equal("reported", Assert.Single(await gateway.Admin.ChargesAsync("anna", 1)).GetProperty("usage_source").GetString());
    }

    [Fact]
    public async Task Who_expects_100_continue_gets_it_when_he_may_go_on_and_a_refusal_at_once_where_he_may_not()
    {
        var (user, _, key) = await NewKeyAsync();
        string Head(string secret) => $"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {secret}\r\nContent-Type: application/json\r\nContent-Length: {Ask.Length}\r\nExpect: 100-continue\r\n\r\n";
        using (var good = await ConnectAsync())
        {
            await WriteAsync(good, Head(key.Secret));
            Assert.StartsWith("HTTP/1.1 100", await ReadAsync(good), StringComparison.Ordinal);
            await WriteAsync(good, Ask);
            Assert.StartsWith("HTTP/1.1 200", await ReadAsync(good), StringComparison.Ordinal);
        }
        Assert.Equal(Ask, Gateway.Provider.Requests[^1].Text);
        Assert.Single(await Gateway.Admin.ChargesAsync(user, 1));
        using var bad = await ConnectAsync();
        await WriteAsync(bad, Head("agw_usr_no_such"));
        Assert.StartsWith("HTTP/1.1 401", await ReadAsync(bad), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Either_side_may_speak_http_2_and_trailers_arrive_where_both_do(bool caller, bool provider)
    {
        var settings = RunningGateway.WithoutHourlyLimit();
        if (caller)
            settings[GatewayProcess.Protocols] = "Http2";
        await using var gateway = await RunningGateway.StartAsync(
            settings, configure: provider ? SpeakTwo : null, provider: provider ? HttpProtocols.Http2 : HttpProtocols.Http1);
        var anna = gateway.Caller(await gateway.NewUserAsync("anna", 1_000_000));
        using (var whole = await anna.ChatAsync(Ask))
        {
            Assert.Equal(caller ? HttpVersion.Version20 : HttpVersion.Version11, whole.Version);
            Assert.Equal(FakeChat.Whole, Encoding.UTF8.GetString(await whole.BytesAsync()));
        }
        using (var spliced = await anna.ChatAsync(AskStream.Replace(",\"stream_options\":{\"include_usage\":true}", "", StringComparison.Ordinal)))
            Assert.Equal(string.Concat(FakeChat.Stream(withUsage: false)), Encoding.UTF8.GetString(await spliced.BytesAsync()));
        gateway.Provider.Enqueue(FakeAnswer.Events(FakeChat.Stream(withUsage: true).Take(3).Select(each => FakePiece.Of(each))) with { IsCut = true });
        await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            using var cut = await anna.ChatAsync(AskStream);
            await cut.BytesAsync();
        });
        string? version = null;
        gateway.Provider.Handler = http =>
        {
            version = http.Request.Protocol;
            return AnswerWithTrailerAsync(http);
        };
        using var got = await anna.ChatAsync(AskStream);
        Assert.Equal(string.Concat(FakeChat.Stream(withUsage: true)), Encoding.UTF8.GetString(await got.BytesAsync()));
        // The server underneath writes no trailers in HTTP/1.1, where they may be dropped.
        if (caller && provider)
            Assert.Equal(["abc"], got.TrailingHeaders.GetValues("x-sum"));
        Assert.Equal(provider ? "HTTP/2" : "HTTP/1.1", version);
        await gateway.NothingHeldAsync();
        // The one that was cut cost what arrived of it, which in HTTP/2 may be nothing.
        Assert.InRange((await gateway.Admin.ChargesAsync("anna", 3)).Count, 3, 4);
        await gateway.BooksBalanceAsync();
    }

    private static async Task AnswerWithTrailerAsync(HttpContext http)
    {
        var hasTrailers = http.Response.SupportsTrailers();
        if (hasTrailers)
            http.Response.DeclareTrailer("x-sum");
        http.Response.ContentType = "text/event-stream";
        foreach (var each in FakeChat.Stream(withUsage: true))
            await http.Response.WriteAsync(each);
        if (hasTrailers)
            http.Response.AppendTrailer("x-sum", "abc");
    }

    /// <summary>The shipped routes, with a provider that takes HTTP/2 and nothing else.</summary>
    private static void SpeakTwo(RunningGateway gateway)
    {
        var routes = JsonNode.Parse(Shipped.Bytes("routes.json"), null, new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip });
        var request = routes?["ReverseProxy"]?["Clusters"]?["openai"]?["HttpRequest"] ?? throw new InvalidDataException("The shipped cluster has no HttpRequest.");
        (request["Version"], request["VersionPolicy"]) = ("2", "RequestVersionExact");
        Shipped.CopyTo(gateway.Folder, routes.ToJsonString());
    }

    private static async Task<byte[]> PackAsync(byte[] plain, string coding)
    {
        using var packed = new MemoryStream();
        await using (Stream packer = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "zstd" => new ZstdSharp.CompressionStream(packed, leaveOpen: true),
            _ => throw new ArgumentOutOfRangeException(nameof(coding), coding, "No such coding."),
        })
            await packer.WriteAsync(plain, TestContext.Current.CancellationToken);
        return packed.ToArray();
    }

    private async Task<(string User, CallerClient Caller)> NewCallerAsync()
    {
        var (user, caller, _) = await NewKeyAsync();
        return (user, caller);
    }

    private async Task<(string User, CallerClient Caller, MadeKey Key)> NewKeyAsync()
    {
        var user = shared.NextUser();
        var key = await Gateway.NewUserAsync(user, 100_000);
        return (user, Gateway.Caller(key), key);
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(Gateway.Process.BaseAddress.Host, Gateway.Process.BaseAddress.Port, TestContext.Current.CancellationToken);
        return socket;
    }

    private static Task WriteAsync(TcpClient socket, string text) => socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken).AsTask();

    private static async Task<string> ReadAsync(TcpClient socket)
    {
        var buffer = new byte[4096];
        var read = await socket.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Eventually.Bound, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
