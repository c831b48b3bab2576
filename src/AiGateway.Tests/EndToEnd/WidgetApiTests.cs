using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>What the widgets ask for besides the balance: sums of usage, and what is sold.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class WidgetApiTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";

    private RunningGateway Gateway => shared.Gateway;

    private async Task<(int Status, JsonElement Answer)> GetAsync(MadeKey key, string path)
    {
        var caller = Gateway.Caller(key);
        using var answer = await caller.SendAsync(caller.Request(HttpMethod.Get, "/gateway/v1/" + path));
        return ((int)answer.StatusCode, await answer.JsonAsync());
    }

    [Fact]
    public async Task Usage_is_summed_by_day_and_by_action_and_quiet_days_are_there()
    {
        var key = await Gateway.NewUserAsync(shared.NextUser(), 100_000);
        for (var call = 0; call < 2; call++)
            using (await Gateway.Caller(key).ChatAsync(Ask)) { }
        await Eventually.TrueAsync(async () => (await GetAsync(key, "usage")).Answer.GetProperty("calls").GetInt32() == 2, "both calls are summed");
        var (_, usage) = await GetAsync(key, "usage");
        Assert.Equal((2 * FakeChat.TotalTokens, 30), (usage.GetProperty("tokens").GetInt32(), usage.GetProperty("days").GetArrayLength()));
        Assert.Equal(2 * FakeChat.TotalTokens, usage.GetProperty("days").EnumerateArray().Sum(day => day.GetProperty("tokens").GetInt32()));
        var action = Assert.Single(usage.GetProperty("actions").EnumerateArray());
        Assert.Equal(("chat", 2, FakeChat.TotalTokens), (action.GetProperty("action_type").GetString(), action.GetProperty("calls").GetInt32(), action.GetProperty("average_tokens").GetInt32()));
        Assert.Equal(0, (await GetAsync(key, "usage?action_type=image")).Answer.GetProperty("tokens").GetInt32());
    }

    [Theory]
    [InlineData("usage?from=yesterday")]
    [InlineData("usage?from=2027-02-01&to=2027-01-01")]
    [InlineData("usage?from=2020-01-01&to=2027-01-01")]
    public async Task A_span_that_makes_no_sense_is_refused(string path)
    {
        var (status, problem) = await GetAsync(await Gateway.NewUserAsync(shared.NextUser(), 0), path);
        Assert.Equal((400, "invalid_request"), (status, problem.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Offers_are_those_of_the_plans_file()
    {
        var (_, offers) = await GetAsync(await Gateway.NewUserAsync(shared.NextUser(), 0), "offers");
        Assert.Equal(["annual", "monthly"], offers.GetProperty("plans").EnumerateArray().Select(plan => plan.GetProperty("id").GetString()).Order());
        var small = offers.GetProperty("packs").EnumerateArray().Single(pack => pack.GetProperty("id").GetString() == "small");
        Assert.Equal((100_000, "15.00"), (small.GetProperty("tokens").GetInt32(), small.GetProperty("price_usd").GetString()));
        Assert.True(small.GetProperty("about_chats").GetInt64() > 0);
    }
}
