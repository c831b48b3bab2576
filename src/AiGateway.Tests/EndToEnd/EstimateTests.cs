using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>What the gateway says beforehand, and what apps report afterwards.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class EstimateTests : IClassFixture<SharedGateway>
{
    private const string Chat = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";

    private readonly SharedGateway shared;

    public EstimateTests(SharedGateway shared) => this.shared = shared;

    private RunningGateway Gateway => shared.Gateway;

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("chat/completions")]
    [InlineData("/v1/chat/completions?x=y")]
    public async Task A_call_is_estimated_at_what_it_would_hold_and_nothing_goes_up(string path)
    {
        var before = Gateway.Provider.Count;
        // Five bytes and fifty tokens of output; where those five are too many, the one token that they are.
        foreach (var (balance, expected, hasEnough) in new[] { (55, 55, true), (54, 51, true), (50, 51, false) })
        {
            var caller = Gateway.Caller(await Gateway.NewUserAsync(shared.NextUser(), balance));
            var estimate = await EstimateAsync(caller, $$"""{"path":"{{path}}","body":{{Chat}}}""");
            Assert.Equal((expected, hasEnough, balance, balance), (Number(estimate, "estimated_tokens"), estimate.GetProperty("has_enough").GetBoolean(), Number(estimate, "balance"), Number(estimate, "available")));
        }
        Assert.Equal(before, Gateway.Provider.Count);
    }

    [Theory]
    [InlineData("1", "null", 5 + 4096)]
    [InlineData("null", "1", 5 + 4096)]
    [InlineData("5000", "null", 5 + 5000)]
    [InlineData("1", "2", 5 + 2)]
    public async Task A_limit_named_twice_holds_for_whichever_a_provider_takes(string first, string last, int expected)
    {
        var caller = Gateway.Caller(await Gateway.NewUserAsync(shared.NextUser(), 100_000));
        var body = Chat.Replace("\"max_completion_tokens\":50", $"\"max_completion_tokens\":{first},\"max_completion_tokens\":{last}", StringComparison.Ordinal);
        var estimate = await EstimateAsync(caller, $$"""{"path":"/v1/chat/completions","body":{{body}}}""");
        Assert.Equal(expected, Number(estimate, "estimated_tokens"));
    }

    [Fact]
    public async Task A_text_beyond_the_cap_is_counted_as_the_call_itself_would_be()
    {
        var caller = Gateway.Caller(await Gateway.NewUserAsync(shared.NextUser(), 2_000_000));
        var body = JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = string.Concat(Enumerable.Repeat("hello there ", 50_000)) } }, max_completion_tokens = 50 });
        var estimate = await EstimateAsync(caller, $$"""{"path":"/v1/chat/completions","body":{{body}}}""");
        Assert.Equal(100_051, Number(estimate, "estimated_tokens"));
        Assert.True(estimate.GetProperty("has_enough").GetBoolean());
    }

    [Fact]
    public async Task The_usual_use_is_the_users_own_and_of_this_action()
    {
        var (anna, ben) = (shared.NextUser(), shared.NextUser());
        var key = await Gateway.NewUserAsync(anna, 1_000);
        var app = await Gateway.Admin.CreateKeyAsync("app", null);
        foreach (var tokens in new[] { 10, 20, 30, 40, 50, 60, 70, 80, 90, 100 })
            await ReportAsync(app, anna, $"{anna}-{tokens}", tokens, "essay");
        await ReportAsync(app, ben, $"{ben}-1", 7_000, "essay");
        var own = await EstimateAsync(Gateway.Caller(key), """{"action":"essay"}""");
        Assert.Equal((90, 50, 90), (Number(own, "estimated_tokens"), Number(own, "typical_low"), Number(own, "typical_high")));
        var stranger = await EstimateAsync(Gateway.Caller(await Gateway.NewUserAsync(shared.NextUser(), 10)), """{"action":"essay"}""");
        Assert.Equal(7_000, Number(await EstimateAsync(Gateway.Caller(await Gateway.Admin.CreateKeyAsync("user", ben)), """{"action":"essay"}"""), "typical_high"));
        Assert.Equal(100, Number(stranger, "typical_high"));
        Assert.False(stranger.GetProperty("has_enough").GetBoolean());
    }

    [Fact]
    public async Task A_number_of_tokens_is_compared_with_the_balance()
    {
        var caller = Gateway.Caller(await Gateway.NewUserAsync(shared.NextUser(), 100));
        Assert.True((await EstimateAsync(caller, """{"tokens":100}""")).GetProperty("has_enough").GetBoolean());
        var more = await EstimateAsync(caller, """{"tokens":101}""");
        Assert.False(more.GetProperty("has_enough").GetBoolean());
        Assert.Equal(JsonValueKind.Null, more.GetProperty("typical_low").ValueKind);
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("""{"path":"/nowhere/at/all"}""", 404)]
    [InlineData("""{"path":"/v1/chat/completions","body":[1]}""", 400)]
    [InlineData("""{"path":"/v1/files","body":{}}""", 403)]
    [InlineData("""{"action":"Not An Action"}""", 400)]
    [InlineData("""{"tokens":-1}""", 400)]
    [InlineData("""{"tokans":1}""", 400)]
    [InlineData("nonsense", 400)]
    public async Task What_cannot_be_estimated_says_so(string question, int status)
    {
        var caller = Gateway.Caller(await Gateway.NewUserAsync(shared.NextUser(), 100));
        using var answer = await caller.SendAsync(caller.Request(HttpMethod.Post, "/gateway/v1/estimate", question));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Reported_work_is_charged_once_and_priced()
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 1_000);
        var app = await Gateway.Admin.CreateKeyAsync("app", null);
        var first = await ReportAsync(app, user, $"job-{user}", 300, "render");
        var again = await ReportAsync(app, user, $"job-{user}", 300, "render");
        Assert.Equal((300, 700, false), (Number(first, "tokens_used"), Number(first, "tokens_remaining"), first.GetProperty("already_recorded").GetBoolean()));
        Assert.Equal((300, 700, true), (Number(again, "tokens_used"), Number(again, "tokens_remaining"), again.GetProperty("already_recorded").GetBoolean()));
        var row = Assert.Single(await Gateway.Admin.ChargesAsync(user));
        Assert.Equal(("render", "gpt-4o", 299, "x"), (row.GetProperty("action_type").GetString(), row.GetProperty("openai_model").GetString(), (int)Number(row, "prompt_tokens"), row.GetProperty("metadata").GetProperty("job").GetString()));
        Assert.True(Number(row, "cost_nano_usd") > 0);
        Assert.Equal($"job-{user}", row.GetProperty("source_key").GetString());
        using var other = await SendReportAsync(app, user, $"job-{user}", 301, "render");
        Assert.Equal(409, (int)other.StatusCode);
        await Gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task Only_apps_report_work()
    {
        var user = shared.NextUser();
        using var answer = await SendReportAsync(await Gateway.NewUserAsync(user, 1_000), user, "job-1", 300, "render");
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Equal(1_000, await Gateway.Admin.TokensOfAsync(user));
    }

    [Theory]
    [InlineData("", "render", 1)]
    [InlineData("job", "No Action", 1)]
    [InlineData("job", "render", -1)]
    public async Task A_report_that_makes_no_sense_is_refused(string sourceKey, string action, int tokens)
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 10);
        using var answer = await SendReportAsync(await Gateway.Admin.CreateKeyAsync("app", null), user, sourceKey, tokens, action);
        Assert.Equal(400, (int)answer.StatusCode);
    }

    private async Task<JsonElement> ReportAsync(MadeKey app, string user, string sourceKey, int tokens, string action)
    {
        using var answer = await SendReportAsync(app, user, sourceKey, tokens, action);
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.JsonAsync();
    }

    private Task<HttpResponseMessage> SendReportAsync(MadeKey app, string user, string sourceKey, int tokens, string action)
    {
        var caller = Gateway.Caller(app);
        return caller.SendAsync(caller.Request(HttpMethod.Post, "/gateway/v1/usage", JsonSerializer.Serialize(new
        {
            source_key = sourceKey, user_id = user, action_type = action, model = "gpt-4o", prompt_tokens = tokens - 1, completion_tokens = 1, metadata = new { job = "x" },
        })));
    }

    private static async Task<JsonElement> EstimateAsync(CallerClient caller, string question)
    {
        using var answer = await caller.SendAsync(caller.Request(HttpMethod.Post, "/gateway/v1/estimate", question));
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.JsonAsync();
    }

    private static long Number(JsonElement of, string name) => of.GetProperty(name).GetInt64();
}
