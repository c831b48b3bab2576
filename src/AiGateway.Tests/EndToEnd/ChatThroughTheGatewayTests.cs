using System.Text;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>One chat call, whole and streamed, through a real gateway process: the bytes, the headers, the charge.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ChatThroughTheGatewayTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private readonly string anna = shared.NextUser();

    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskStream = """{ "model":"gpt-4o", "stream":true, "messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50 }""";

    [Fact]
    public async Task A_json_call_is_charged_exactly_its_usage_and_says_so()
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 100_000));
        using var answer = await caller.ChatAsync(Ask);

        Assert.Equal(FakeChat.Whole, Encoding.UTF8.GetString(await answer.BytesAsync()));
        Assert.Equal("req_fake", answer.Header("x-request-id"));
        Assert.Equal(FakeChat.TotalTokens, answer.Number("X-AiGateway-Tokens-Used"));
        Assert.Equal(100_000 - FakeChat.TotalTokens, answer.Number("X-AiGateway-Tokens-Remaining"));
        Assert.Equal("ok", answer.Header("X-AiGateway-Balance-Status"));
        Assert.Equal("reported", answer.Header("X-AiGateway-Usage-Source"));

        var row = Assert.Single(await gateway.Admin.ChargesAsync(anna));
        Assert.Equal(answer.RequestId(), row.GetProperty("request_id").GetString());
        Assert.Equal(FakeChat.TotalTokens, row.GetProperty("tokens_used").GetInt64());
        Assert.Equal(FakeChat.PromptTokens, row.GetProperty("prompt_tokens").GetInt64());
        Assert.Equal(FakeChat.CompletionTokens, row.GetProperty("completion_tokens").GetInt64());
        Assert.Equal(answer.Number("X-AiGateway-Tokens-Remaining"), row.GetProperty("tokens_remaining").GetInt64());
        Assert.Equal("chat", row.GetProperty("action_type").GetString());
        Assert.Equal("reported", row.GetProperty("usage_source").GetString());
        Assert.Equal(100_000 - FakeChat.TotalTokens, await gateway.Admin.TokensOfAsync(anna));
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task The_request_goes_up_to_the_byte_with_only_the_credential_changed()
    {
        var gateway = shared.Fresh();
        var key = await gateway.NewUserAsync(anna, 100_000);
        using var request = gateway.Caller(key).Request(HttpMethod.Post, CallerClient.ChatPath, "  " + Ask + "\n");
        request.Headers.Add("X-AiGateway-Action", "chat");
        request.Headers.Add("Cookie", "session=secret");
        request.Headers.Add("OpenAI-Beta", "assistants=v2");
        using var answer = await gateway.Caller(key).SendAsync(request);
        Assert.Equal(200, (int)answer.StatusCode);

        var up = Assert.Single(gateway.Provider.Requests);
        Assert.Equal("  " + Ask + "\n", up.Text);
        Assert.Equal("/v1/chat/completions", up.RawTarget);
        Assert.Equal($"Bearer {RunningGateway.ProviderKey}", up.Header("Authorization"));
        Assert.Equal("assistants=v2", up.Header("OpenAI-Beta"));
        Assert.Null(up.Header("Cookie"));
        Assert.DoesNotContain(up.Headers, header =>
            header.Key.StartsWith("X-AiGateway", StringComparison.OrdinalIgnoreCase) || header.Key.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase)
            || header.Key.Equals("traceparent", StringComparison.OrdinalIgnoreCase) || header.Value.Contains(key.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_is_what_it_would_have_been_without_the_gateway_and_is_charged_once()
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 100_000));
        using var answer = await caller.ChatAsync(AskStream);

        Assert.Equal(string.Concat(FakeChat.Stream(withUsage: false)), Encoding.UTF8.GetString(await answer.BytesAsync()));
        Assert.Equal(100_000, answer.Number("X-AiGateway-Tokens-Remaining"));
        Assert.InRange(answer.Number("X-AiGateway-Tokens-Held"), 50, 100);
        Assert.True(gateway.Provider.Requests.Single().Json.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());

        var row = Assert.Single(await gateway.Admin.ChargesAsync(anna, 1));
        Assert.Equal(FakeChat.TotalTokens, row.GetProperty("tokens_used").GetInt64());
        Assert.Equal(answer.RequestId(), row.GetProperty("request_id").GetString());
        await gateway.NothingHeldAsync();
        Assert.Single(await gateway.Admin.ChargesAsync(anna));
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task Who_asks_for_usage_himself_gets_every_byte_of_it()
    {
        const string ask = """{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
        var gateway = shared.Fresh();
        using var answer = await gateway.Caller(await gateway.NewUserAsync(anna, 100_000)).ChatAsync(ask);
        Assert.Equal(string.Concat(FakeChat.Stream(withUsage: true)), Encoding.UTF8.GetString(await answer.BytesAsync()));
        Assert.Equal(ask, gateway.Provider.Requests.Single().Text);
    }

    [Fact]
    public async Task A_provider_error_passes_through_and_costs_nothing()
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 100_000));
        var refusal = FakeAnswer.Error(429, "requests", "rate_limit_exceeded", "Slow down.");
        gateway.Provider.Enqueue(refusal with { Headers = [.. refusal.Headers, new("retry-after", "7")] });
        using var answer = await caller.ChatAsync(Ask);
        Assert.Equal(429, (int)answer.StatusCode);
        Assert.Equal("7", answer.Header("retry-after"));
        Assert.Equal(refusal.Pieces[0].Bytes, await answer.BytesAsync());
        await gateway.NothingHeldAsync();
        Assert.Empty(await gateway.Admin.ChargesAsync(anna));
        Assert.Equal(100_000, await gateway.Admin.TokensOfAsync(anna));
    }

    [Fact]
    public async Task Without_settings_the_demo_provider_answers_and_its_usage_is_charged()
    {
        using var folder = new TempFolder();
        await using var process = new GatewayProcess(folder.Root, new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development", ["Admin__Key"] = RunningGateway.AdminKey,
        });
        await process.StartAsync();
        var admin = new AdminClient(process.Client, RunningGateway.AdminKey);
        await admin.CreateUserAsync(anna);
        await admin.GrantAsync(anna, 50_000, "test:anna");
        var caller = new CallerClient(process.Client, (await admin.CreateKeyAsync("user", anna)).Secret);

        using var whole = await caller.ChatAsync(Ask);
        var usage = (await whole.JsonAsync()).GetProperty("usage").GetProperty("total_tokens").GetInt64();
        Assert.Equal(usage, whole.Number("X-AiGateway-Tokens-Used"));
        using var stream = await caller.ChatAsync(AskStream);
        Assert.DoesNotContain("usage", Encoding.UTF8.GetString(await stream.BytesAsync()), StringComparison.Ordinal);
        Assert.Equal([usage, usage], (await admin.ChargesAsync(anna, 2)).Select(row => row.GetProperty("tokens_used").GetInt64()));
        Assert.Equal(50_000 - 2 * usage, await admin.TokensOfAsync(anna));
    }
}
