using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>The official Node.js client straight at the provider: what the tests through the gateway compare with.</summary>
public sealed class NodeScriptTests
{
    private const string Folder = "src/AiGateway.Tests/EndToEnd/node";

    [Theory]
    [InlineData("chat", "total", "29")]
    [InlineData("stream", "text", "Hello there, how are you?")]
    [InlineData("streamWithUsage", "total", "29")]
    public async Task The_node_client_reads_the_provider(string scenario, string member, string expected)
    {
        await using var provider = await FakeProvider.StartAsync();
        Assert.Equal(expected, (await RunAsync(provider, scenario)).GetProperty(member).ToString());
        Assert.Equal(1, provider.Count);
    }

    [Fact]
    public async Task The_node_client_breaks_on_a_usage_chunk_it_did_not_ask_for()
    {
        await using var provider = await FakeProvider.StartAsync();
        provider.Enqueue(FakeAnswer.Events(FakeChat.Stream(withUsage: true).Select(each => FakePiece.Of(each))));
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => RunAsync(provider, "stream"));
    }

    [Theory]
    [InlineData(401, "invalid_api_key", "AuthenticationError", 1)]
    [InlineData(402, "insufficient_tokens", "APIError", 1)]
    [InlineData(429, "rate_limit_exceeded", "RateLimitError", 1)]
    public async Task The_node_client_throws_by_status_and_obeys_should_retry(int status, string code, string error, int requests)
    {
        await using var provider = await FakeProvider.StartAsync();
        var refusal = FakeAnswer.Error(status, "x", code, "No.");
        provider.Answer = _ => refusal with { Headers = [.. refusal.Headers, new("x-should-retry", "false")] };
        var seen = await RunAsync(provider, "chat");
        Assert.Equal((error, status, requests), (seen.GetProperty("error").GetString(), seen.GetProperty("status").GetInt32(), seen.GetProperty("requests").GetInt32()));
    }

    private static async Task<JsonElement> RunAsync(FakeProvider provider, string scenario)
    {
        var folder = NodePackages.Require(Folder, "openai");
        var output = await NodePackages.RunAsync(folder, "sdk.mjs", new Dictionary<string, string>
        {
            ["GATEWAY_BASE_URL"] = provider.BaseUrl, ["GATEWAY_KEY"] = "sk-any", ["SCENARIO"] = scenario,
        });
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }
}
