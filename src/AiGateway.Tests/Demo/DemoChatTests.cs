using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Demo;

public sealed class DemoChatTests : IAsyncLifetime
{
    private const string Path = "v1/chat/completions";
    private DemoBench? started;

    private DemoBench Demo => started ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => started = await DemoBench.StartAsync();

    public ValueTask DisposeAsync() => Demo.DisposeAsync();

    [Fact]
    public async Task The_same_prompt_gets_the_same_words_and_usage_under_another_id()
    {
        var (one, two) = (await Demo.JsonAsync(Path, Ask()), await Demo.JsonAsync(Path, Ask()));
        Assert.Equal(Text(one), Text(two));
        Assert.Equal(one.GetProperty("usage").ToString(), two.GetProperty("usage").ToString());
        Assert.NotEqual(one.GetProperty("id").GetString(), two.GetProperty("id").GetString());
        Assert.Contains("Hello demo", Text(one));
    }

    [Fact]
    public async Task Usage_adds_up_and_has_its_cached_and_reasoning_parts()
    {
        var usage = (await Demo.JsonAsync(Path, Ask(model: "gpt-5-mini", prompt: new string('a', 8000)))).GetProperty("usage");
        Assert.Equal(usage.GetProperty("total_tokens").GetInt64(), usage.GetProperty("prompt_tokens").GetInt64() + usage.GetProperty("completion_tokens").GetInt64());
        Assert.Equal(2006, usage.GetProperty("prompt_tokens").GetInt64());
        Assert.Equal(896, usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt64());
        Assert.Equal(64, usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt64());
    }

    [Theory]
    [InlineData("max_tokens", "gpt-4o")]
    [InlineData("max_completion_tokens", "gpt-4o")]
    [InlineData("max_completion_tokens", "o4-mini")]
    public async Task A_limit_is_never_exceeded_and_says_length(string limit, string model)
    {
        var answer = await Demo.JsonAsync(Path, Ask(model: model, more: $",\"{limit}\":5,\"n\":3"));
        Assert.Equal(15, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt64());
        Assert.All(answer.GetProperty("choices").EnumerateArray(), choice => Assert.Equal("length", choice.GetProperty("finish_reason").GetString()));
        Assert.Equal(3, answer.GetProperty("choices").GetArrayLength());
    }

    [Fact]
    public async Task A_stream_without_include_usage_never_mentions_usage()
    {
        var events = await Demo.EventsAsync(Path, Ask(more: ",\"stream\":true"));
        Assert.Equal("[DONE]", events[^1]);
        Assert.DoesNotContain(events, each => each.Contains("usage", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_with_include_usage_has_nulls_and_one_last_chunk_of_usage_alone()
    {
        var events = await Demo.EventsAsync(Path, Ask(more: ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        var chunks = events.Take(events.Count - 1).Select(each => JsonDocument.Parse(each).RootElement).ToList();
        Assert.All(chunks.SkipLast(1), chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("usage").ValueKind));
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.True(chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt64() > 0);
    }

    [Fact]
    public async Task A_stream_says_what_the_whole_answer_says_for_each_choice()
    {
        var whole = await Demo.JsonAsync(Path, Ask(more: ",\"n\":2"));
        var events = await Demo.EventsAsync(Path, Ask(more: ",\"n\":2,\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        var chunks = events.SkipLast(1).Select(each => JsonDocument.Parse(each).RootElement).ToList();
        foreach (var index in new[] { 0, 1 })
            Assert.Equal(Text(whole, index), string.Concat(chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
                .Where(choice => choice.GetProperty("index").GetInt32() == index)
                .Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : "")));
        Assert.Equal(whole.GetProperty("usage").ToString().ReplaceLineEndings("").Replace(" ", ""), chunks[^1].GetProperty("usage").ToString());
    }

    [Fact]
    public async Task Headers_are_the_providers()
    {
        using var answer = await Demo.PostAsync(Path, Ask());
        Assert.StartsWith("req_", answer.Header("x-request-id"));
        Assert.Equal("2020-10-01", answer.Header("openai-version"));
        Assert.True(answer.Number("openai-processing-ms") >= 0);
    }

    [Theory]
    [InlineData("{", 400, null)]
    [InlineData("""{"messages":[]}""", 400, null)]
    [InlineData("""{"model":"gpt-4o"}""", 400, "missing_required_parameter")]
    [InlineData("""{"model":"gpt-4o","n":0,"messages":[{"role":"user","content":"x"}]}""", 400, "integer_below_min_value")]
    [InlineData("""{"model":"gpt-4o","n":1000,"messages":[{"role":"user","content":"x"}]}""", 400, "integer_above_max_value")]
    [InlineData("""{"model":"gpt-4o","max_tokens":"many","messages":[{"role":"user","content":"x"}]}""", 400, "invalid_type")]
    public async Task A_bad_request_gets_the_providers_error(string body, int status, string? code)
    {
        using var answer = await Demo.PostAsync(Path, body);
        Assert.Equal(status, (int)answer.StatusCode);
        var error = (await answer.JsonAsync()).GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(member => member.Name));
        Assert.Equal(code, error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Of_a_key_that_stands_twice_the_last_one_counts()
    {
        var answer = await Demo.JsonAsync(Path, """{"model":"a","model":"b","messages":[{"role":"user","content":"x"}]}""");
        Assert.Equal("b", answer.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Another_key_is_refused_and_only_part_of_it_is_said()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(Ask()) };
        request.Headers.Authorization = new("Bearer", "sk-someone-elses-long-key");
        using var answer = await Demo.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(401, (int)answer.StatusCode);
        var error = (await answer.JsonAsync()).GetProperty("error");
        Assert.Equal("invalid_api_key", error.GetProperty("code").GetString());
        Assert.DoesNotContain("sk-someone-elses", error.GetProperty("message").GetString());
    }

    private static string Ask(string model = "gpt-4o", string prompt = "Hello demo", string more = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{prompt}}"}]{{more}}}""";

    private static string? Text(JsonElement answer, int index = 0) => answer.GetProperty("choices")[index].GetProperty("message").GetProperty("content").GetString();
}
