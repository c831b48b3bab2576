using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Providers and callers that do what nobody expects: nothing is free, nothing leaks, and the answer still arrives.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class OddAnswersTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskStream = """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";

    private RunningGateway Gateway => shared.Gateway;

    [Theory]
    [InlineData("POST", "/v1/responses")]
    [InlineData("GET", "/v1/realtime/translations?model=gpt-realtime")]
    [InlineData("GET", "/v1/models")]
    [InlineData("POST", "/v1/chat/completions")]
    public async Task A_socket_that_nobody_meters_is_refused_whatever_its_method(string method, string path)
    {
        var (user, _, key) = await NewCallerAsync();
        var before = Gateway.Provider.Count;
        var first = await RawAsync($"{method} {path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {key.Secret}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403", first, StringComparison.Ordinal);
        Assert.Contains("unmetered_route_disabled", first, StringComparison.Ordinal);
        Assert.Equal(before, Gateway.Provider.Count);
        Assert.Equal(100_000, await Gateway.Admin.TokensOfAsync(user));
    }

    [Theory]
    [InlineData("/v1/realtime?model=gpt-realtime&call_id=rtc_1")]
    [InlineData("/v1/responses")]
    public async Task A_session_that_can_reach_what_others_began_is_not_for_user_keys(string path)
    {
        var (_, _, key) = await NewCallerAsync();
        var before = Gateway.Provider.Count;
        var first = await RawAsync($"GET {path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {key.Secret}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403", first, StringComparison.Ordinal);
        Assert.Contains("route_not_allowed", first, StringComparison.Ordinal);
        Assert.Equal(before, Gateway.Provider.Count);
    }

    [Theory]
    [InlineData("/v1/responses")]
    [InlineData("/v1/realtime?model=gpt-realtime")]
    public async Task An_address_of_sessions_answers_no_ordinary_call(string path)
    {
        var (_, caller, _) = await NewCallerAsync();
        var before = Gateway.Provider.Count;
        using var answer = await caller.SendAsync(caller.Request(HttpMethod.Get, path));
        Assert.Equal(426, (int)answer.StatusCode);
        Assert.Equal(before, Gateway.Provider.Count);
    }

    [Fact]
    public async Task A_session_of_an_app_names_its_user()
    {
        var key = await Gateway.Admin.CreateKeyAsync("app", null);
        var first = await RawAsync($"GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {key.Secret}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400", first, StringComparison.Ordinal);
        Assert.Contains("user_required", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/realtime?model=gpt-realtime")]
    public async Task A_provider_that_answers_instead_of_opening_a_socket_is_not_passed_on(string path)
    {
        var (user, _, key) = await NewCallerAsync();
        var first = await RawAsync($"GET {path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {key.Secret}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 426", first, StringComparison.Ordinal);
        await Gateway.NothingHeldAsync();
        Assert.Equal(100_000, await Gateway.Admin.TokensOfAsync(user));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    public async Task An_answer_that_cannot_be_decoded_arrives_whole_and_is_charged(string encoding)
    {
        var (user, caller, _) = await NewCallerAsync();
        var answer = FakeAnswer.Json("this is no compressed body at all, whatever its header says");
        Gateway.Provider.Enqueue(answer with { Headers = [.. answer.Headers, new("Content-Encoding", encoding)] });
        using var got = await caller.ChatAsync(Ask);
        Assert.Equal(HttpStatusCode.OK, got.StatusCode);
        Assert.Equal(answer.Pieces[0].Bytes, await got.BytesAsync());
        var row = Assert.Single(await Gateway.Admin.ChargesAsync(user, 1));
        Assert.Equal("estimated", row.GetProperty("usage_source").GetString());
        Assert.True(row.GetProperty("tokens_used").GetInt64() > 0);
    }

    [Fact]
    public async Task A_compressed_stream_is_metered_from_a_decoded_copy()
    {
        var (user, caller, _) = await NewCallerAsync();
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(FakeChat.Stream(withUsage: true))), TestContext.Current.CancellationToken);
        var bytes = packed.ToArray();
        var answer = FakeAnswer.Events(bytes.Chunk(50).Select(piece => new FakePiece(piece)));
        Gateway.Provider.Enqueue(answer with { Headers = [.. answer.Headers, new("Content-Encoding", "gzip")] });
        using var got = await caller.ChatAsync(AskStream);
        Assert.Equal(bytes, await got.BytesAsync());
        var row = Assert.Single(await Gateway.Admin.ChargesAsync(user, 1));
        Assert.Equal(FakeChat.TotalTokens, row.GetProperty("tokens_used").GetInt64());
        Assert.Equal("reported", row.GetProperty("usage_source").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("identity")]
    public async Task A_spliced_stream_of_announced_length_arrives_whole(string? encoding)
    {
        var (user, caller, _) = await NewCallerAsync();
        var answer = FakeAnswer.Events(FakePiece.Of(string.Concat(FakeChat.Stream(withUsage: true)))) with { KnowsLength = true };
        Gateway.Provider.Enqueue(encoding is null ? answer : answer with { Headers = [.. answer.Headers, new("Content-Encoding", encoding)] });
        using var got = await caller.ChatAsync(AskStream);
        Assert.Equal(string.Concat(FakeChat.Stream(withUsage: false)), Encoding.UTF8.GetString(await got.BytesAsync()));
        Assert.Equal(FakeChat.TotalTokens, Assert.Single(await Gateway.Admin.ChargesAsync(user, 1)).GetProperty("tokens_used").GetInt64());
    }

    [Fact]
    public async Task An_answer_without_content_stays_one()
    {
        var (_, caller, _) = await NewCallerAsync();
        Gateway.Provider.Enqueue(FakeAnswer.Of("application/json", 204));
        using var got = await caller.ChatAsync(Ask);
        Assert.Equal(HttpStatusCode.NoContent, got.StatusCode);
        await Gateway.NothingHeldAsync();
    }

    [Fact]
    public async Task What_was_passed_on_before_a_cut_arrives_before_the_cut()
    {
        var (_, caller, _) = await NewCallerAsync();
        var events = FakeChat.Stream(withUsage: false).Take(4).ToList();
        Gateway.Provider.Enqueue(FakeAnswer.Events(events.Select(e => FakePiece.Of(e))) with { IsCut = true });
        using var got = await caller.ChatAsync(AskStream);
        await using var body = await got.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var seen = new MemoryStream();
        await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(seen, TestContext.Current.CancellationToken));
        Assert.Equal(string.Concat(events), Encoding.UTF8.GetString(seen.ToArray()));
        await Gateway.NothingHeldAsync();
    }

    [Fact]
    public async Task A_slash_inside_a_name_goes_up_as_it_was_written()
    {
        var (_, caller, _) = await NewCallerAsync();
        Gateway.Provider.Enqueue(FakeAnswer.Json("{}"));
        using var got = await caller.SendAsync(caller.Request(HttpMethod.Get, "/v1/models/org%2Fmodel?a=%2F&b=c%20d"));
        Assert.Equal(HttpStatusCode.OK, got.StatusCode);
        Assert.Equal("/v1/models/org%2Fmodel?a=%2F&b=c%20d", Gateway.Provider.Requests[^1].RawTarget);
    }

    [Theory]
    [InlineData("/v1/organization/usage/completions")]
    [InlineData("/v1/%6Frganization/usage")]
    [InlineData("/v1/%2Forganization/usage")]
    [InlineData("/v1/%5Corganization/usage")]
    [InlineData("/v1/files/..%2Forganization/usage")]
    public async Task The_organisations_paths_are_never_forwarded(string path)
    {
        var before = Gateway.Provider.Count;
        var app = (await Gateway.Admin.CreateKeyAsync("app", null)).Secret;
        var answer = await RawAsync($"GET {path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {app}\r\nX-AiGateway-User: anna\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.Equal(before, Gateway.Provider.Count);
    }

    [Theory]
    [InlineData("/v1/audio/speech", """{"model":"tts-1","input":"Hello","voice":"alloy"}""", "audio/mpeg")]
    [InlineData("/v1/images/generations", """{"model":"dall-e-3","prompt":"a cat"}""", "application/json")]
    public async Task What_is_priced_by_unit_is_not_free(string path, string ask, string type)
    {
        var (user, caller, _) = await NewCallerAsync();
        Gateway.Provider.Enqueue(FakeAnswer.Of(type, 200, FakePiece.Of("""{"created":1,"data":[{"url":"https://images.example/1.png"}]}""")));
        using var got = await caller.SendAsync(caller.Request(HttpMethod.Post, path, ask));
        Assert.Equal(HttpStatusCode.OK, got.StatusCode);
        await got.BytesAsync();
        Assert.True(Assert.Single(await Gateway.Admin.ChargesAsync(user, 1)).GetProperty("tokens_used").GetInt64() > 0);
    }

    [Fact]
    public async Task No_content_type_hides_a_chat_from_the_meter()
    {
        var (user, caller, _) = await NewCallerAsync();
        var request = caller.Request(HttpMethod.Post, CallerClient.ChatPath, """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":200000}""");
        request.Content?.Headers.Remove("Content-Type");
        request.Content?.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
        using var got = await caller.SendAsync(request);
        await got.RefusedAsync(402, "insufficient_tokens");
        Assert.Equal(100_000, await Gateway.Admin.TokensOfAsync(user));
    }

    [Theory]
    [InlineData("""{"model":"gpt-4o","input":"Hello","previous_response_id":"resp_1"}""")]
    [InlineData("""{"model":"gpt-4o","input":"Hello","conversation":{"id":"conv_1"}}""")]
    public async Task A_user_key_does_not_reach_into_stored_answers(string ask)
    {
        var (user, caller, _) = await NewCallerAsync();
        var before = Gateway.Provider.Count;
        using var got = await caller.SendAsync(caller.Request(HttpMethod.Post, "/v1/responses", ask));
        await got.RefusedAsync(403, "route_not_allowed");
        Assert.Equal(before, Gateway.Provider.Count);
        Assert.Equal(100_000, await Gateway.Admin.TokensOfAsync(user));
    }

    [Fact]
    public async Task Metadata_with_a_nested_oddly_named_member_is_refused()
    {
        var (_, caller, _) = await NewCallerAsync();
        var request = caller.Request(HttpMethod.Post, CallerClient.ChatPath, Ask);
        request.Headers.Add("X-AiGateway-Metadata", """{"\ud800":{}}""");
        using var got = await caller.SendAsync(request);
        await got.RefusedAsync(400, "invalid_metadata");
    }

    private async Task<(string User, CallerClient Caller, MadeKey Key)> NewCallerAsync()
    {
        var user = shared.NextUser();
        var key = await Gateway.NewUserAsync(user, 100_000);
        return (user, Gateway.Caller(key), key);
    }

    /// <summary>Sends bytes as they are and reads what comes first.</summary>
    private async Task<string> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Gateway.Process.BaseAddress.Host, Gateway.Process.BaseAddress.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(Eventually.Bound, TestContext.Current.CancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
