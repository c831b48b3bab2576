using System.Text;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Demo;

public sealed class DemoFaultTests
{
    private const string Path = "v1/chat/completions";

    [Fact]
    public async Task Demo_429_is_the_providers_rate_limit()
    {
        await using var demo = await DemoBench.StartAsync();
        using var answer = await demo.PostAsync(Path, Ask("demo-429"));
        Assert.Equal(429, (int)answer.StatusCode);
        Assert.Equal("20", answer.Header("retry-after"));
        Assert.Equal("0", answer.Header("x-ratelimit-remaining-requests"));
        Assert.Equal("rate_limit_exceeded", (await answer.JsonAsync()).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Demo_500_is_a_server_error()
    {
        await using var demo = await DemoBench.StartAsync();
        using var answer = await demo.PostAsync(Path, Ask("demo-500"));
        Assert.Equal(500, (int)answer.StatusCode);
        Assert.Equal("server_error", (await answer.JsonAsync()).GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Demo_slow_waits_before_the_answer_and_before_every_chunk()
    {
        var time = new ImpatientTime();
        await using var demo = await DemoBench.StartAsync(time);
        var events = await demo.EventsAsync(Path, Ask("demo-slow", ",\"stream\":true"));
        Assert.Equal(events.Count + 1, time.Waits.Count);
        Assert.Equal(TimeSpan.FromSeconds(2), time.Waits[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    public async Task Demo_no_usage_never_says_what_it_used(string more)
    {
        await using var demo = await DemoBench.StartAsync();
        using var answer = await demo.PostAsync(Path, Ask("demo-no-usage", more));
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.DoesNotContain("\"usage\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"stream\":true")]
    public async Task Demo_cut_drops_the_connection_half_way(string more)
    {
        await using var demo = await DemoBench.StartAsync();
        using var answer = await demo.PostAsync(Path, Ask("demo-cut", more));
        Assert.Equal(200, (int)answer.StatusCode);
        var seen = new MemoryStream();
        var cut = await Record.ExceptionAsync(() => answer.Content.CopyToAsync(seen, TestContext.Current.CancellationToken));
        Assert.True(cut is HttpRequestException or IOException, $"The body ended as if it were whole: {cut}");
        Assert.Contains("chatcmpl-", Encoding.UTF8.GetString(seen.ToArray()));
    }

    private static string Ask(string model, string more = "") => $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello"}]{{more}}}""";
}
