using AiGateway.Routes;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Usage;

namespace AiGateway.Tests.Routes;

/// <summary>The example of other providers loads as it stands, and each call finds the reader of its answer.</summary>
public sealed class ExampleRoutesTests
{
    [Fact]
    public async Task The_example_loads_and_names_a_reader_for_every_call()
    {
        await using var gateway = await RoutesGateway.Start(new RoutesOptions { Path = Shipped.Path("routes.example.json"), Secret = _ => "sk-test" });
        var table = gateway.Routes.Current;
        (string Path, UsageFormat Format)[] calls =
        [
            ("/anthropic/v1/messages", UsageFormat.AnthropicMessages),
            ("/anthropic/v1/messages/count_tokens", UsageFormat.None),
            ("/gemini/v1beta/models/gemini-2.5-flash:generateContent", UsageFormat.GeminiGenerate),
            ("/gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent", UsageFormat.GeminiGenerate),
            ("/gemini/v1beta/models/gemini-embedding-001:batchEmbedContents", UsageFormat.GeminiGenerate),
            ("/gemini/v1beta/models/gemini-3.5-flash:countTokens", UsageFormat.None),
            ("/vertex/v1beta1/projects/p/locations/l/publishers/google/models/gemini-2.5-flash:streamGenerateContent", UsageFormat.GeminiGenerate),
            ("/vertex/v1/projects/p/locations/l/publishers/google/models/gemini-embedding-2:embedContent", UsageFormat.GeminiGenerate),
            ("/azure/openai/deployments/gpt-4o/chat/completions", UsageFormat.OpenAiChat),
            ("/azure/openai/v1/responses", UsageFormat.OpenAiResponses),
            ("/groq/openai/v1/chat/completions", UsageFormat.OpenAiChat),
            ("/perplexity/v1/embeddings", UsageFormat.OpenAiEmbeddings),
        ];
        foreach (var (path, format) in calls)
        {
            var taken = await gateway.RouteOf("POST", path);
            Assert.Equal((path, format), (path, taken is null ? null : table.Route(taken)?.Format));
            Assert.Equal((path, taken), (path, table.Find("POST", path)?.RouteId));
        }
        Assert.Equal(("x-api-key", ""), (table.Cluster("anthropic")?.Default.AuthHeaderName, table.Cluster("anthropic")?.Default.AuthValuePrefix));
    }
}
