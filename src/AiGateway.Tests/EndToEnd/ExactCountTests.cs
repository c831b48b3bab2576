using System.Text;
using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>The bound in bytes decides the clear cases; where it would refuse, the exact count decides.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ExactCountTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private readonly string anna = shared.NextUser();

    private const string Sentence = "The quick brown fox jumps over the lazy dog. ";
    private const int SentenceTokens = 10;

    [Theory]
    [InlineData(499_999, null)]
    [InlineData(500_000, "action_too_large")]
    public async Task The_cap_is_on_text_and_output_together(int output, string? refused)
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 1_000_000));
        using var answer = await caller.ChatAsync(Ask("a", output));
        if (refused is null)
        {
            Assert.Equal(200, (int)answer.StatusCode);
            return;
        }
        var error = (await answer.RefusedAsync(400, refused)).GetProperty("gateway");
        Assert.Equal(500_001, error.GetProperty("estimated").GetInt64());
        Assert.Equal(500_000, error.GetProperty("limit").GetInt64());
    }

    [Fact]
    public async Task A_text_whose_bytes_exceed_the_cap_passes_by_its_tokens()
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 1_000_000));
        var text = string.Concat(Enumerable.Repeat(Sentence, 20_000));
        Assert.True(text.Length > 500_000);
        using var answer = await caller.ChatAsync(Ask(text, 50));
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(text, gateway.Provider.Requests.Single().Json.GetProperty("messages")[0].GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_text_whose_tokens_exceed_the_cap_is_refused_with_their_number()
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 1_000_000));
        using var request = caller.Request(HttpMethod.Post, CallerClient.ChatPath, Ask(string.Concat(Enumerable.Repeat(Sentence, 100)), 50));
        request.Headers.Add("X-AiGateway-Max-Tokens", "500");
        using var answer = await caller.SendAsync(request);
        var estimated = (await answer.RefusedAsync(400, "action_too_large")).GetProperty("gateway").GetProperty("estimated").GetInt64();
        Assert.InRange(estimated, 100 * SentenceTokens + 50, 100 * SentenceTokens + 52);
        Assert.Equal(0, gateway.Provider.Count);
    }

    [Fact]
    public async Task A_text_whose_bytes_exceed_the_balance_passes_by_its_tokens()
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.HourlyLimit(1));
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 2_000));
        using var answer = await caller.ChatAsync(Ask(string.Concat(Enumerable.Repeat(Sentence, 100)), 50));
        Assert.Equal(200, (int)answer.StatusCode);
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task A_refusal_for_want_of_tokens_names_the_exact_count()
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 500));
        using var answer = await caller.ChatAsync(Ask(string.Concat(Enumerable.Repeat(Sentence, 100)), 50));
        var needed = (await answer.RefusedAsync(402, "insufficient_tokens")).GetProperty("gateway").GetProperty("needed").GetInt64();
        Assert.InRange(needed, 100 * SentenceTokens + 50, 100 * SentenceTokens + 52);
    }

    private static string Ask(string text, int output) =>
        JsonSerializer.Serialize(new { model = "gpt-4o", messages = new[] { new { role = "user", content = text } }, max_completion_tokens = output });
}
