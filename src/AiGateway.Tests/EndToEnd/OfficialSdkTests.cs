using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using AiGateway.Tests.Support;
using OpenAI;
using OpenAI.Chat;

namespace AiGateway.Tests.EndToEnd;

/// <summary>The official clients, unchanged but for the base URL: answers, streams, and the error types that callers catch.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class OfficialSdkTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private readonly string anna = shared.NextUser();

    private const string NodeFolder = "src/AiGateway.Tests/EndToEnd/node";
    private const string WrongKey = "agw_usr_0000000000_wrongwrongwrongwrongwrongwrong";

    [Fact]
    public async Task The_dotnet_client_chats_and_streams()
    {
        var gateway = shared.Fresh();
        var (chat, _) = DotNetClient(gateway, (await gateway.NewUserAsync(anna, 100_000)).Secret);
        ChatCompletion whole = await chat.CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(FakeChat.TotalTokens, whole.Usage.TotalTokenCount);
        // This client asks for usage in its streams by itself.
        var total = 0;
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("Hello")], cancellationToken: TestContext.Current.CancellationToken))
            total = update.Usage?.TotalTokenCount ?? total;
        Assert.Equal(FakeChat.TotalTokens, total);
        await gateway.Admin.ChargesAsync(anna, 2);
        Assert.Equal(100_000 - 2 * FakeChat.TotalTokens, await gateway.Admin.TokensOfAsync(anna));
    }

    [Fact]
    public async Task The_dotnet_client_sees_401_for_a_wrong_key_and_asks_once()
    {
        var gateway = shared.Fresh();
        await DotNetClientFailsAsync(gateway, WrongKey, 401, "invalid_api_key");
        Assert.Equal(0, gateway.Provider.Count);
    }

    [Fact]
    public async Task The_dotnet_client_sees_402_for_an_empty_balance_and_asks_once()
    {
        var gateway = shared.Fresh();
        await DotNetClientFailsAsync(gateway, (await gateway.NewUserAsync(anna, 0)).Secret, 402, "insufficient_tokens");
        Assert.Equal(0, gateway.Provider.Count);
    }

    [Fact]
    public async Task The_dotnet_client_sees_429_for_a_used_up_hour()
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.HourlyLimit(1));
        var key = await gateway.NewUserAsync(anna, 100_000);
        (await gateway.Caller(key).ChatAsync("""{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}""")).Dispose();
        // Without its own retries: it does not know x-should-retry and would only ask four times.
        await DotNetClientFailsAsync(gateway, key.Secret, 429, "rate_limit_exceeded", retries: 0);
        Assert.Equal(1, gateway.Provider.Count);
    }

    [Fact]
    public async Task The_node_client_chats_and_streams()
    {
        var folder = NodePackages.Require(NodeFolder, "openai");
        var gateway = shared.Fresh();
        var key = (await gateway.NewUserAsync(anna, 100_000)).Secret;

        var whole = await NodeAsync(folder, gateway, key, "chat");
        Assert.Equal(FakeChat.TotalTokens, whole.GetProperty("total").GetInt32());
        Assert.Equal($"{FakeChat.TotalTokens}", whole.GetProperty("charged").GetString());

        var stream = await NodeAsync(folder, gateway, key, "stream");
        Assert.Equal("Hello there, how are you?", stream.GetProperty("text").GetString());
        Assert.Equal("stop", stream.GetProperty("last").GetString());
        Assert.Equal(0, stream.GetProperty("usages").GetInt32());

        var told = await NodeAsync(folder, gateway, key, "streamWithUsage");
        Assert.Equal(FakeChat.TotalTokens, told.GetProperty("total").GetInt32());
        Assert.Equal(3, (await gateway.Admin.ChargesAsync(anna, 3)).Count);
    }

    [Fact]
    public async Task The_node_client_throws_its_authentication_error_for_a_wrong_key()
    {
        var folder = NodePackages.Require(NodeFolder, "openai");
        var gateway = shared.Fresh();
        NodeFailed(await NodeAsync(folder, gateway, WrongKey, "chat"), "AuthenticationError", 401, "invalid_api_key");
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("stream")]
    public async Task The_node_client_throws_402_for_an_empty_balance_and_asks_once(string scenario)
    {
        var folder = NodePackages.Require(NodeFolder, "openai");
        var gateway = shared.Fresh();
        var key = (await gateway.NewUserAsync(anna, 0)).Secret;
        NodeFailed(await NodeAsync(folder, gateway, key, scenario), "APIError", 402, "insufficient_tokens");
        Assert.Equal(0, gateway.Provider.Count);
    }

    [Fact]
    public async Task The_node_client_throws_its_rate_limit_error_for_a_used_up_hour_and_does_not_ask_again()
    {
        var folder = NodePackages.Require(NodeFolder, "openai");
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.HourlyLimit(1));
        var key = (await gateway.NewUserAsync(anna, 100_000)).Secret;
        await NodeAsync(folder, gateway, key, "chat");
        NodeFailed(await NodeAsync(folder, gateway, key, "chat"), "RateLimitError", 429, "rate_limit_exceeded");
        Assert.Equal(1, gateway.Provider.Count);
    }

    private static void NodeFailed(JsonElement seen, string error, int status, string code)
    {
        Assert.Equal(
            (error, status, code, 1),
            (seen.GetProperty("error").GetString(), seen.GetProperty("status").GetInt32(), seen.GetProperty("code").GetString(), seen.GetProperty("requests").GetInt32()));
        Assert.Equal(JsonValueKind.String, seen.GetProperty("type").ValueKind);
    }

    private static async Task<JsonElement> NodeAsync(string folder, RunningGateway gateway, string key, string scenario)
    {
        var output = await NodePackages.RunAsync(folder, "sdk.mjs", new Dictionary<string, string>
        {
            ["GATEWAY_BASE_URL"] = new Uri(gateway.Process.BaseAddress, "v1").ToString(), ["GATEWAY_KEY"] = key, ["SCENARIO"] = scenario,
        });
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    private static async Task DotNetClientFailsAsync(RunningGateway gateway, string key, int status, string code, int retries = 3)
    {
        var (chat, wire) = DotNetClient(gateway, key, retries);
        var failed = await Assert.ThrowsAsync<ClientResultException>(() => chat.CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(status, failed.Status);
        Assert.Contains(code, failed.Message, StringComparison.Ordinal);
        Assert.Equal(1, wire.Count);
    }

    private static (ChatClient Chat, CountingWire Wire) DotNetClient(RunningGateway gateway, string key, int retries = 3)
    {
        var wire = new CountingWire();
        var options = new OpenAIClientOptions
        {
            Endpoint = new Uri(gateway.Process.BaseAddress, "v1"),
            Transport = new HttpClientPipelineTransport(new HttpClient(wire)),
            RetryPolicy = new ClientRetryPolicy(retries),
        };
        return (new ChatClient("gpt-4o", new ApiKeyCredential(key), options), wire);
    }

    /// <summary>Counts what really goes out, retries included.</summary>
    private sealed class CountingWire() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
        {
            Interlocked.Increment(ref count);
            return base.SendAsync(request, cancel);
        }
    }
}
