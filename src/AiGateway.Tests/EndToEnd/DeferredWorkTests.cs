using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Work that goes on at the provider after its call was answered is charged once, when it is done.</summary>
[Collection(PatientGroup.Name)]
public sealed class DeferredWorkTests(SharedBusyGateway shared) : IClassFixture<SharedBusyGateway>
{
    private const string Ask = """{"model":"gpt-4.1","input":"Think about it for long.","background":true,"max_output_tokens":500}""";
    private const string Usage = """{"input_tokens":120,"input_tokens_details":{"cached_tokens":20},"output_tokens":480,"output_tokens_details":{"reasoning_tokens":400},"total_tokens":600}""";

    private readonly string anna = shared.NextUser();

    /// <summary>Of this test's response; whoever made an object owns it for ever.</summary>
    private string Id => $"resp_{anna}";

    [Fact]
    public async Task A_background_response_is_charged_once_although_its_app_asks_for_it_a_hundred_times()
    {
        var gateway = await FreshAsync();
        var job = Provide(gateway);
        var app = new CallerClient(gateway.Process.Client, (await gateway.Admin.CreateKeyAsync("app", null)).Secret);
        await BeginAsync(app, anna);
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
        await BeginAsync(gateway.Caller(await gateway.Admin.CreateKeyAsync("user", anna)), null);
        Assert.Single(await gateway.Admin.HoldsAsync());
        Assert.Empty(await gateway.Admin.ChargesAsync(anna));
        job.Status = "completed";
        await ChargedOnceAsync(gateway);
    }

    [Fact]
    public async Task A_gateway_that_is_killed_in_between_charges_it_when_it_is_back()
    {
        var gateway = await FreshAsync();
        var job = Provide(gateway);
        await BeginAsync(gateway.Caller(await gateway.Admin.CreateKeyAsync("user", anna)), null);
        await gateway.Process.KillAsync();
        job.Status = "completed";
        await gateway.Process.StartAsync();
        await ChargedOnceAsync(gateway);
    }

    [Fact]
    public async Task A_background_stream_that_its_caller_leaves_is_charged_by_what_the_object_says_in_the_end()
    {
        var gateway = await FreshAsync();
        var job = Provide(gateway);
        gateway.Provider.Enqueue(FakeAnswer.Events(FakePiece.Of(
            $$$"""
            event: response.created
            data: {"type":"response.created","sequence_number":0,"response":{"id":"{{{Id}}}","object":"response","status":"in_progress","model":"gpt-4.1","usage":null}}


            """)) with { IsCut = true });
        var caller = gateway.Caller(await gateway.Admin.CreateKeyAsync("user", anna));
        using var answer = await caller.SendAsync(caller.Request(HttpMethod.Post, "/v1/responses", Ask.Replace("\"background\":true", "\"background\":true,\"stream\":true")));
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        job.Status = "completed";
        await ChargedOnceAsync(gateway);
    }

    [Fact]
    public async Task Work_behind_a_changed_path_is_asked_for_where_it_went_with_its_query_and_headers()
    {
        await using var gateway = await StartAsync(configure: AiGateway.Tests.Recordings.Replay.WriteRoutes);
        gateway.Provider.Answer = request => (request.Method, request.RawTarget, request.Header("OpenAI-Beta")) switch
        {
            ("POST", "/openai/v1/responses?api-version=preview", _) => Response("queued"),
            ("GET", var at, "responses=v1") when at == $"/openai/v1/responses/{Id}?api-version=preview" => Response("completed"),
            _ => FakeAnswer.Error(404, "invalid_request_error", null, "No such object."),
        };
        var caller = gateway.Caller(await gateway.Admin.CreateKeyAsync("user", anna));
        using var request = caller.Request(HttpMethod.Post, "/azure/openai/v1/responses?api-version=preview", Ask);
        request.Headers.Add("OpenAI-Beta", "responses=v1");
        using var answer = await caller.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        await ChargedOnceAsync(gateway);
    }

    [Fact]
    public async Task A_streamed_run_that_waits_for_its_tools_is_charged_when_it_is_done_and_not_by_its_steps()
    {
        var gateway = await FreshAsync();
        const string step = """{"id":"step_1","object":"thread.run.step","status":"completed","usage":{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11}}""";
        gateway.Provider.Answer = request => (request.Method, request.RawTarget, request.Header("OpenAI-Beta")) switch
        {
            ("POST", "/v1/threads/runs", _) => FakeAnswer.Events(FakePiece.Of(
                $"event: thread.run.created\ndata: {Run("queued", "null")}\n\nevent: thread.run.step.completed\ndata: {step}\n\nevent: thread.run.requires_action\ndata: {Run("requires_action", "null")}\n\nevent: done\ndata: [DONE]\n\n")),
            ("POST", "/v1/threads/thread_1/runs/run_1/submit_tool_outputs", _) => FakeAnswer.Json(Run("completed", RunUsage)),
            ("GET", "/v1/threads/thread_1/runs/run_1", "assistants=v2") => FakeAnswer.Json(Run("requires_action", "null")),
            _ => FakeAnswer.Error(404, "invalid_request_error", null, "No such object."),
        };
        var app = new CallerClient(gateway.Process.Client, (await gateway.Admin.CreateKeyAsync("app", null)).Secret);
        await RunAsync(app, "/v1/threads/runs", """{"assistant_id":"asst_1","stream":true}""");
        await Eventually.TrueAsync(() => gateway.Provider.Requests.Any(request => request.Method == "GET"), "the run is asked for");
        Assert.Empty(await gateway.Admin.ChargesAsync(anna));
        await RunAsync(app, "/v1/threads/thread_1/runs/run_1/submit_tool_outputs", """{"tool_outputs":[]}""");
        await gateway.NothingHeldAsync();
        var row = Assert.Single(await gateway.Admin.ChargesAsync(anna));
        Assert.Equal((663, 53, 716), (row.GetProperty("prompt_tokens").GetInt64(), row.GetProperty("completion_tokens").GetInt64(), row.GetProperty("tokens_used").GetInt64()));
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task A_caller_who_sees_the_end_first_has_it_charged_then_and_once()
    {
        var gateway = await FreshAsync();
        // The provider shows the end to callers only, so that nothing but their look can charge it.
        gateway.Provider.Answer = request => request.Method == "POST" ? Response("queued")
            : request.Header("x-caller") is not null ? Response("completed") : Response("in_progress");
        var app = new CallerClient(gateway.Process.Client, (await gateway.Admin.CreateKeyAsync("app", null)).Secret);
        await BeginAsync(app, anna);
        for (var look = 0; look < 3; look++)
        {
            using var request = app.Request(HttpMethod.Get, $"/v1/responses/{Id}");
            request.Headers.Add("x-caller", "1");
            using var answer = await app.SendAsync(request);
            Assert.Contains("completed", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        await ChargedOnceAsync(gateway);
    }

    [Fact]
    public async Task Work_that_fails_before_it_wrote_anything_costs_nothing()
    {
        var gateway = await FreshAsync();
        var job = Provide(gateway);
        await BeginAsync(gateway.Caller(await gateway.Admin.CreateKeyAsync("user", anna)), null);
        job.Status = "failed";
        await gateway.NothingHeldAsync();
        Assert.Empty(await gateway.Admin.ChargesAsync(anna));
        await gateway.BooksBalanceAsync();
    }

    /// <summary>How the provider's one job stands.</summary>
    private sealed class Job
    {
        public volatile string Status = "queued";
    }

    private const string RunUsage = """{"prompt_tokens":663,"completion_tokens":53,"total_tokens":716}""";

    private static string Run(string status, string usage) =>
        $$"""{"id":"run_1","object":"thread.run","thread_id":"thread_1","status":"{{status}}","model":"gpt-4o","usage":{{usage}}}""";

    private async Task RunAsync(CallerClient app, string path, string json)
    {
        using var request = app.Request(HttpMethod.Post, path, json);
        request.Headers.Add("X-AiGateway-User", anna);
        request.Headers.Add("OpenAI-Beta", "assistants=v2");
        using var answer = await app.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    private Task<RunningGateway> FreshAsync() => WithUserAsync(shared.Fresh());

    private async Task<RunningGateway> StartAsync(int processes = 1, Action<RunningGateway>? configure = null) =>
        await WithUserAsync(await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit(), processes, configure: configure));

    private async Task<RunningGateway> WithUserAsync(RunningGateway gateway)
    {
        await gateway.Admin.CreateUserAsync(anna);
        await gateway.Admin.GrantAsync(anna, 100_000, anna);
        return gateway;
    }

    private Job Provide(RunningGateway gateway)
    {
        var job = new Job();
        gateway.Provider.Answer = request => request.Method == "POST" || request.RawTarget.EndsWith($"/responses/{Id}", StringComparison.Ordinal)
            ? Response(job.Status)
            : FakeAnswer.Error(404, "invalid_request_error", null, "No such object.");
        return job;
    }

    private FakeAnswer Response(string status) => FakeAnswer.Json(
        $$"""{"id":"{{Id}}","object":"response","status":"{{status}}","background":true,"model":"gpt-4.1-2025-04-14","output":[],"usage":{{(status == "completed" ? Usage : "null")}}}""");

    private async Task BeginAsync(CallerClient caller, string? user)
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

    private async Task PollAsync(CallerClient app, string expected)
    {
        using var answer = await app.SendAsync(app.Request(HttpMethod.Get, $"/v1/responses/{Id}"));
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(expected, body.RootElement.GetProperty("status").GetString());
    }

    private async Task ChargedOnceAsync(RunningGateway gateway)
    {
        await gateway.Admin.ChargesAsync(anna, 1);
        await gateway.NothingHeldAsync();
        // Time for a second charge, were there one: each gateway looks once a second.
        var looks = gateway.Provider.Count;
        await Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System, TestContext.Current.CancellationToken);
        var row = Assert.Single(await gateway.Admin.ChargesAsync(anna));
        Assert.Equal(600, row.GetProperty("tokens_used").GetInt64());
        Assert.Equal("reported", row.GetProperty("usage_source").GetString());
        Assert.Equal("gpt-4.1-2025-04-14", row.GetProperty("openai_model").GetString());
        Assert.Equal(looks, gateway.Provider.Count);
        await gateway.BooksBalanceAsync();
    }
}
