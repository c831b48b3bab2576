using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Work that goes on at the provider after its call was answered is charged once, when it is done.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class DeferredWorkTests
{
    private const string Id = "resp_0123456789abcdef";
    private const string Ask = """{"model":"gpt-4.1","input":"Think about it for long.","background":true,"max_output_tokens":500}""";
    private const string Usage = """{"input_tokens":120,"input_tokens_details":{"cached_tokens":20},"output_tokens":480,"output_tokens_details":{"reasoning_tokens":400},"total_tokens":600}""";

    [Fact]
    public async Task A_background_response_is_charged_once_although_its_app_asks_for_it_a_hundred_times()
    {
        await using var gateway = await StartAsync();
        var job = Provide(gateway);
        var app = new CallerClient(gateway.Process.Client, (await gateway.Admin.CreateKeyAsync("app", null)).Secret);
        await BeginAsync(app, "anna");
        for (var i = 0; i < 50; i++)
            await PollAsync(app, "queued");
        job.Status = "completed";
        for (var i = 0; i < 50; i++)
            await PollAsync(app, "completed");
        await ChargedOnceAsync(gateway);
    }

    [Fact]
    public async Task A_background_response_that_nobody_asks_for_is_charged_once()
    {
        await using var gateway = await StartAsync(processes: 2);
        var job = Provide(gateway);
        await BeginAsync(gateway.Caller(await gateway.Admin.CreateKeyAsync("user", "anna")), null);
        Assert.Single(await gateway.Admin.HoldsAsync());
        Assert.Empty(await gateway.Admin.ChargesAsync("anna"));
        job.Status = "completed";
        await ChargedOnceAsync(gateway);
    }

    [Fact]
    public async Task A_gateway_that_is_killed_in_between_charges_it_when_it_is_back()
    {
        await using var gateway = await StartAsync();
        var job = Provide(gateway);
        await BeginAsync(gateway.Caller(await gateway.Admin.CreateKeyAsync("user", "anna")), null);
        await gateway.Process.KillAsync();
        job.Status = "completed";
        await gateway.Process.StartAsync();
        await ChargedOnceAsync(gateway);
    }

    [Fact]
    public async Task A_background_stream_that_its_caller_leaves_is_charged_by_what_the_object_says_in_the_end()
    {
        await using var gateway = await StartAsync();
        var job = Provide(gateway);
        gateway.Provider.Enqueue(FakeAnswer.Events(FakePiece.Of(
            $$$"""
            event: response.created
            data: {"type":"response.created","sequence_number":0,"response":{"id":"{{{Id}}}","object":"response","status":"in_progress","model":"gpt-4.1","usage":null}}


            """)) with { IsCut = true });
        var caller = gateway.Caller(await gateway.Admin.CreateKeyAsync("user", "anna"));
        using var answer = await caller.SendAsync(caller.Request(HttpMethod.Post, "/v1/responses", Ask.Replace("\"background\":true", "\"background\":true,\"stream\":true")));
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        job.Status = "completed";
        await ChargedOnceAsync(gateway);
    }

    [Fact]
    public async Task Work_that_fails_before_it_wrote_anything_costs_nothing()
    {
        await using var gateway = await StartAsync();
        var job = Provide(gateway);
        await BeginAsync(gateway.Caller(await gateway.Admin.CreateKeyAsync("user", "anna")), null);
        job.Status = "failed";
        await gateway.NothingHeldAsync();
        Assert.Empty(await gateway.Admin.ChargesAsync("anna"));
        await gateway.BooksBalanceAsync();
    }

    /// <summary>How the provider's one job stands.</summary>
    private sealed class Job
    {
        public volatile string Status = "queued";
    }

    private static async Task<RunningGateway> StartAsync(int processes = 1)
    {
        var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit(), processes);
        await gateway.Admin.CreateUserAsync("anna");
        await gateway.Admin.GrantAsync("anna", 100_000, "test:anna");
        return gateway;
    }

    private static Job Provide(RunningGateway gateway)
    {
        var job = new Job();
        gateway.Provider.Answer = request => request.Method == "POST" || request.RawTarget.EndsWith($"/responses/{Id}", StringComparison.Ordinal)
            ? FakeAnswer.Json($$"""{"id":"{{Id}}","object":"response","status":"{{job.Status}}","background":true,"model":"gpt-4.1-2025-04-14","output":[],"usage":{{(job.Status == "completed" ? Usage : "null")}}}""")
            : FakeAnswer.Error(404, "invalid_request_error", null, "No such object.");
        return job;
    }

    private static async Task BeginAsync(CallerClient caller, string? user)
    {
        using var request = caller.Request(HttpMethod.Post, "/v1/responses", Ask);
        if (user is not null)
            request.Headers.Add("X-AiGateway-User", user);
        using var answer = await caller.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.False(answer.Headers.Contains("X-AiGateway-Tokens-Used"));
        Assert.True(answer.Headers.Contains("X-AiGateway-Tokens-Held"));
    }

    private static async Task PollAsync(CallerClient app, string expected)
    {
        using var answer = await app.SendAsync(app.Request(HttpMethod.Get, $"/v1/responses/{Id}"));
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(expected, body.RootElement.GetProperty("status").GetString());
    }

    private static async Task ChargedOnceAsync(RunningGateway gateway)
    {
        await gateway.Admin.ChargesAsync("anna", 1);
        await gateway.NothingHeldAsync();
        // Time for a second charge, were there one: each gateway looks once a second.
        var looks = gateway.Provider.Count;
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken);
        var row = Assert.Single(await gateway.Admin.ChargesAsync("anna"));
        Assert.Equal(600, row.GetProperty("tokens_used").GetInt64());
        Assert.Equal("reported", row.GetProperty("usage_source").GetString());
        Assert.Equal("gpt-4.1-2025-04-14", row.GetProperty("openai_model").GetString());
        Assert.Equal(looks, gateway.Provider.Count);
        await gateway.BooksBalanceAsync();
    }
}
