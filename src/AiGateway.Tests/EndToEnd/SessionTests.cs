using System.Net.WebSockets;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Sessions over WebSocket: every message passes as it is, and every response is paid for as it ends.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class SessionTests
{
    [Fact]
    public async Task Each_response_is_charged_as_it_comes_and_the_session_closes_with_4402_when_the_balance_ends()
    {
        await using var provider = await FakeSessions.StartAsync(async socket =>
        {
            await FakeSessions.SendAsync(socket, """{"type":"session.created","session":{"model":"gpt-realtime"}}""");
            for (var n = 1; await FakeSessions.ReceiveAsync(socket) is not null; n++)
            {
                await FakeSessions.SendAsync(socket, $$$"""{"type":"response.created","response":{"id":"resp_{{{n}}}","status":"in_progress","usage":null}}""");
                await FakeSessions.SendAsync(socket, $$"""{"type":"response.output_audio_transcript.delta","response_id":"resp_{{n}}","delta":"Hello there"}""");
                await FakeSessions.SendAsync(socket, Done($"resp_{n}", 1000, 500));
            }
        });
        await using var gateway = await StartAsync(provider);
        // gpt-realtime: 1,000 text tokens in at $4 and 500 out at $16 per 1M, at $20 per 1M tokens: 600 tokens a response; 4,096 of sound ahead: 13,108.
        using var socket = await ConnectAsync(gateway, await gateway.NewUserAsync("anna", 27_000));
        Assert.Contains("session.created", await FakeSessions.ReceiveAsync(socket));
        var charged = new List<long>();
        while (socket.State == WebSocketState.Open && charged.Count < 50)
        {
            await FakeSessions.SendAsync(socket, """{"type":"response.create"}""");
            string? message;
            do
                message = await FakeSessions.ReceiveAsync(socket);
            while (message is not null && !message.Contains("response.done", StringComparison.Ordinal));
            if (message is null)
                break;
            charged.Add((await gateway.Admin.ChargesAsync("anna", charged.Count + 1)).Count);
        }
        Assert.Equal((WebSocketCloseStatus)4402, socket.CloseStatus);
        Assert.Equal("insufficient_tokens", socket.CloseStatusDescription);
        var rows = await gateway.Admin.ChargesAsync("anna");
        Assert.All(rows, row => Assert.Equal(("reported", 1000, 500), (row.GetProperty("usage_source").GetString(), row.GetProperty("prompt_tokens").GetInt64(), row.GetProperty("completion_tokens").GetInt64())));
        Assert.InRange(rows.Count, 2, 49);
        Assert.Equal(rows.Count, charged.Count);
        Assert.True(await gateway.Admin.TokensOfAsync("anna") < 13_108, "Another response could have been paid for.");
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task A_caller_who_leaves_pays_for_what_was_said_and_a_silent_session_is_free()
    {
        await using var provider = await FakeSessions.StartAsync(async socket =>
        {
            if (await FakeSessions.ReceiveAsync(socket) is null)
                return;
            await FakeSessions.SendAsync(socket, """{"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}""");
            await FakeSessions.SendAsync(socket, $$"""{"type":"response.output_text.delta","response_id":"resp_1","delta":"{{new string('x', 4000)}}"}""");
            await FakeSessions.ReceiveAsync(socket);
        });
        await using var gateway = await StartAsync(provider);
        using (var silent = await ConnectAsync(gateway, await gateway.NewUserAsync("ben", 100_000)))
            await silent.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        using (var leaves = await ConnectAsync(gateway, await gateway.NewUserAsync("anna", 100_000)))
        {
            await FakeSessions.SendAsync(leaves, """{"type":"response.create"}""");
            while (await FakeSessions.ReceiveAsync(leaves) is { } message && !message.Contains("delta", StringComparison.Ordinal)) { }
            leaves.Abort();
        }
        var row = Assert.Single(await gateway.Admin.ChargesAsync("anna", 1));
        Assert.Equal("estimated", row.GetProperty("usage_source").GetString());
        Assert.True(row.GetProperty("tokens_used").GetInt64() > 0);
        await gateway.NothingHeldAsync();
        Assert.Empty(await gateway.Admin.ChargesAsync("ben"));
        Assert.Equal(100_000, await gateway.Admin.TokensOfAsync("ben"));
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task Who_cannot_pay_for_a_first_response_never_reaches_the_provider_and_a_session_counts_as_one_call()
    {
        var opened = 0;
        await using var provider = await FakeSessions.StartAsync(socket =>
        {
            Interlocked.Increment(ref opened);
            return Task.CompletedTask;
        });
        await using var gateway = await StartAsync(provider, RunningGateway.HourlyLimit(2));
        var (poor, rich) = (await gateway.NewUserAsync("poor", 100), await gateway.NewUserAsync("rich", 1_000_000));
        Assert.Contains("402", (await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, poor))).Message);
        Assert.Equal(0, opened);
        for (var n = 0; n < 2; n++)
            using (await ConnectAsync(gateway, rich)) { }
        Assert.Contains("429", (await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, rich))).Message);
        Assert.Equal(2, opened);
        Assert.Equal("Bearer " + RunningGateway.ProviderKey, provider.Headers["Authorization"]);
        Assert.False(provider.Headers.ContainsKey("Sec-WebSocket-Extensions"));
    }

    private static string Done(string id, int input, int output) =>
        $$$"""{"type":"response.done","response":{"id":"{{{id}}}","object":"realtime.response","status":"completed","output":[],"usage":{"total_tokens":{{{input + output}}},"input_tokens":{{{input}}},"output_tokens":{{{output}}} ,"input_token_details":{"text_tokens":{{{input}}},"audio_tokens":0,"cached_tokens":0},"output_token_details":{"text_tokens":{{{output}}},"audio_tokens":0} } } }""";

    private static Task<RunningGateway> StartAsync(FakeSessions provider, Dictionary<string, string>? settings = null)
    {
        settings ??= RunningGateway.WithoutHourlyLimit();
        settings["OPENAI_BASE_URL"] = provider.BaseUrl;
        return RunningGateway.StartAsync(settings);
    }

    private static async Task<ClientWebSocket> ConnectAsync(RunningGateway gateway, MadeKey key)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + key.Secret);
        socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        var address = new UriBuilder(gateway.Process.BaseAddress) { Scheme = "ws", Path = "/v1/realtime", Query = "model=gpt-realtime" }.Uri;
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        return socket;
    }
}
