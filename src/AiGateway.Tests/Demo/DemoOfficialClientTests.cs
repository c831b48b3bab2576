#pragma warning disable OPENAI001 // The client's Responses part is marked as under evaluation; callers use it all the same.
using System.ClientModel;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace AiGateway.Tests.Demo;

/// <summary>The official .NET client understands everything the demo provider says.</summary>
public sealed class DemoOfficialClientTests
{
    [Fact]
    public async Task The_official_client_reads_every_kind_of_answer()
    {
        await using var demo = await DemoBench.StartAsync();
        var client = new OpenAIClient(new ApiKeyCredential(DemoBench.Key), new OpenAIClientOptions { Endpoint = new Uri(demo.Provider.BaseUrl) });
        var cancel = TestContext.Current.CancellationToken;

        ChatCompletion chat = await client.GetChatClient("gpt-4o").CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: cancel);
        Assert.Equal(chat.Usage.TotalTokenCount, chat.Usage.InputTokenCount + chat.Usage.OutputTokenCount);

        ChatTokenUsage? streamed = null;
        await foreach (var update in client.GetChatClient("gpt-4o").CompleteChatStreamingAsync([new UserChatMessage("Hello")], cancellationToken: cancel))
            streamed = update.Usage ?? streamed;
        Assert.Equal(chat.Usage.TotalTokenCount, streamed?.TotalTokenCount);

        var vector = await client.GetEmbeddingClient("text-embedding-3-small").GenerateEmbeddingAsync("Hello", cancellationToken: cancel);
        Assert.Equal(1536, vector.Value.ToFloats().Length);

        ResponseResult response = await client.GetResponsesClient().CreateResponseAsync("gpt-4o", "Hello", cancellationToken: cancel);
        Assert.True(response.Usage.TotalTokenCount > 0);

        Assert.False((await client.GetModerationClient("omni-moderation-latest").ClassifyTextAsync("Hello", cancel)).Value.Flagged);
    }
}
