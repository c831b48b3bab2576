#pragma warning disable OPENAI001 // The client marks its responses API as one that may still change; that callers use it is why it is tested.
using System.ClientModel;
using System.Text.Json;
using AiGateway.Tests.Support;
using OpenAI;
using OpenAI.Embeddings;
using OpenAI.Responses;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Responses, whole and streamed, and embeddings, by the official clients, against the demo provider; the base URL as people write it.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class OfficialSdkSurfaceTests(DemoGateway demo) : IClassFixture<DemoGateway>
{
    private const string NodeFolder = "src/AiGateway.Tests/EndToEnd/node";
    private const long Granted = 100_000;

    private readonly string user = demo.NextUser();

    private string Address => demo.Process.BaseAddress.ToString().TrimEnd('/');

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    public async Task The_dotnet_client_gets_responses_streams_and_embeddings(string ending)
    {
        var key = (await NewUserAsync()).Secret;
        var endpoint = new Uri(Address + ending);
        var responses = new ResponsesClient(new ApiKeyCredential(key), new ResponsesClientOptions { Endpoint = endpoint });
        var cancel = TestContext.Current.CancellationToken;

        ResponseResult whole = await responses.CreateResponseAsync("gpt-4o", "Hello there", cancellationToken: cancel);
        Assert.NotEmpty(whole.GetOutputText());

        var (text, total) = ("", 0L);
        await foreach (var update in await responses.CreateResponseStreamingAsync("gpt-4o", "Hello there", cancellationToken: cancel))
        {
            text += update is StreamingResponseOutputTextDeltaUpdate delta ? delta.Delta : "";
            total = update is StreamingResponseCompletedUpdate done ? done.Response.Usage.TotalTokenCount : total;
        }
        Assert.Equal(whole.GetOutputText(), text);

        var embeddings = new EmbeddingClient("text-embedding-3-small", new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = endpoint });
        var vectors = await embeddings.GenerateEmbeddingsAsync(["Hello there"], cancellationToken: cancel);
        Assert.NotEmpty(vectors.Value[0].ToFloats().ToArray());

        await ChargedAsync(whole.Usage.TotalTokenCount, total, vectors.Value.Usage.TotalTokenCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    public async Task The_node_client_gets_responses_streams_and_embeddings(string ending)
    {
        var folder = NodePackages.Require(NodeFolder, "openai");
        var key = (await NewUserAsync()).Secret;
        var output = await NodePackages.RunAsync(folder, "sdk.mjs", new Dictionary<string, string>
        {
            ["GATEWAY_BASE_URL"] = Address + ending, ["GATEWAY_KEY"] = key, ["SCENARIO"] = "surface",
        });
        using var document = JsonDocument.Parse(output);
        var seen = document.RootElement;
        Assert.True(seen.TryGetProperty("text", out var text), $"The client failed: {output}");
        Assert.NotEqual("", text.GetString());
        Assert.Equal(text.GetString(), seen.GetProperty("streamed").GetString());
        Assert.True(seen.GetProperty("dimensions").GetInt32() > 0);
        Assert.Equal(3, seen.GetProperty("requests").GetInt32());
        await ChargedAsync([.. seen.GetProperty("totals").EnumerateArray().Select(total => total.GetInt64())]);
    }

    private async Task<MadeKey> NewUserAsync()
    {
        await demo.Admin.CreateUserAsync(user);
        await demo.Admin.GrantAsync(user, Granted, user);
        return await demo.Admin.CreateKeyAsync("user", user);
    }

    /// <summary>Each call was charged what its client was told.</summary>
    private async Task ChargedAsync(params IReadOnlyList<long> totals)
    {
        Assert.DoesNotContain(0, totals);
        var rows = await demo.Admin.ChargesAsync(user, totals.Count);
        Assert.Equal(totals.Order(), rows.Select(row => row.GetProperty("tokens_used").GetInt64()).Order());
        Assert.Equal(Granted - totals.Sum(), await demo.Admin.TokensOfAsync(user));
    }
}
