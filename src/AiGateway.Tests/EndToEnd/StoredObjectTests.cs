using System.Net;
using System.Text.RegularExpressions;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>All callers share one account at the provider: what one of them stores there, no other reads, deletes or goes on from.</summary>
[Collection(EndToEndGroup.Name)]
public sealed partial class StoredObjectTests(SharedBusyGateway shared) : IClassFixture<SharedBusyGateway>
{
    private readonly string annas = shared.NextUser(), bens = shared.NextUser();

    [Fact]
    public async Task A_user_goes_on_from_his_own_response_and_from_nobody_elses()
    {
        var gateway = Fresh();
        var (anna, ben) = (gateway.Caller(await gateway.NewUserAsync(annas, 100_000)), gateway.Caller(await gateway.NewUserAsync(bens, 100_000)));
        Assert.Equal(HttpStatusCode.OK, await RespondAsync(anna, """{"model":"gpt-4.1","input":"Hello"}"""));
        var sent = gateway.Provider.Count;
        Assert.Equal(HttpStatusCode.Forbidden, await RespondAsync(ben, Next("resp_1")));
        Assert.Equal(HttpStatusCode.Forbidden, await RespondAsync(ben, Next("resp_unknown")));
        Assert.Equal(sent, gateway.Provider.Count);
        Assert.Equal(HttpStatusCode.OK, await RespondAsync(anna, Next("resp_1")));
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task A_reference_that_servers_may_read_in_two_ways_is_nobodys()
    {
        var gateway = Fresh();
        var (anna, ben) = (gateway.Caller(await gateway.NewUserAsync(annas, 100_000)), gateway.Caller(await gateway.NewUserAsync(bens, 100_000)));
        Assert.Equal(HttpStatusCode.OK, await RespondAsync(anna, """{"model":"gpt-4.1","input":"Hello"}"""));
        Assert.Equal(HttpStatusCode.OK, await RespondAsync(ben, """{"model":"gpt-4.1","input":"Hello"}"""));
        var sent = gateway.Provider.Count;
        foreach (var reference in (string[])
            [
                """ "previous_response_id":"resp_2","previous_response_id":"resp_1" """,
                """ "previous_response_id":"resp_1","previous_response_id":null """,
                """ "previous_response_id":"r\u0065sp_1" """,
                """ "previous_response_id":["resp_1"] """,
                """ "conversation":{"id":"resp_2","id":"resp_1"} """,
            ])
            Assert.Equal(HttpStatusCode.Forbidden, await RespondAsync(ben, $$"""{"model":"gpt-4.1","input":"x",{{reference}}}"""));
        Assert.Equal(sent, gateway.Provider.Count);
    }

    [Fact]
    public async Task A_conversation_belongs_to_the_user_whom_an_app_first_named_it_for()
    {
        var gateway = Fresh();
        var (anna, ben) = (gateway.Caller(await gateway.NewUserAsync(annas, 100_000)), gateway.Caller(await gateway.NewUserAsync(bens, 100_000)));
        var app = new CallerClient(gateway.Process.Client, (await gateway.Admin.CreateKeyAsync("app", null)).Secret);
        const string ask = """{"model":"gpt-4.1","input":"x","conversation":{"id":"conv_9"}}""";
        Assert.Equal(HttpStatusCode.Forbidden, await RespondAsync(anna, ask));
        Assert.Equal(HttpStatusCode.OK, await RespondAsync(app, ask, annas));
        Assert.Equal(HttpStatusCode.OK, await RespondAsync(anna, ask));
        Assert.Equal(HttpStatusCode.Forbidden, await RespondAsync(ben, ask));
        Assert.Equal(HttpStatusCode.OK, await RespondAsync(app, ask, bens));
        Assert.Equal(HttpStatusCode.Forbidden, await RespondAsync(ben, ask));
    }

    [Fact]
    public async Task A_user_names_stored_objects_that_an_app_named_for_him_and_no_others()
    {
        var gateway = Fresh();
        var (anna, ben) = (gateway.Caller(await gateway.NewUserAsync(annas, 100_000)), gateway.Caller(await gateway.NewUserAsync(bens, 100_000)));
        var app = gateway.Caller(await gateway.AppAsync());
        foreach (var named in (string[])
            [
                """ "input":[{"type":"item_reference","id":"rs_1"}] """,
                """ "input":[{"id":"msg_1"}] """,
                """ "input":[{"role":"user","content":[{"type":"input_file","file_id":"file-1"}]}] """,
                """ "input":[{"role":"user","content":[{"type":"input_image","fil\u0065_id":"file-2"}]}] """,
                """ "input":"x","tools":[{"type":"file_search","vector_store_ids":["vs_1"]}] """,
                """ "input":"x","tools":[{"type":"code_interpreter","container":"cntr_1"}] """,
                """ "input":"x","tools":[{"type":"code_interpreter","container":{"type":"auto","file_ids":["file-3"]}}] """,
            ])
        {
            var ask = $$"""{"model":"gpt-4.1",{{named}}}""";
            var sent = gateway.Provider.Count;
            Assert.Equal((ask, HttpStatusCode.Forbidden), (ask, await RespondAsync(anna, ask)));
            Assert.Equal(sent, gateway.Provider.Count);
            Assert.Equal(HttpStatusCode.OK, await RespondAsync(app, ask, annas));
            Assert.Equal((ask, HttpStatusCode.OK), (ask, await RespondAsync(anna, ask)));
            Assert.Equal(HttpStatusCode.Forbidden, await RespondAsync(ben, ask));
        }
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task Who_goes_on_before_his_streams_charge_is_written_is_waited_for()
    {
        var gateway = Fresh();
        var anna = gateway.Caller(await gateway.NewUserAsync(annas, 100_000));
        var closing = new Gate();
        gateway.Provider.Enqueue(FakeAnswer.Events(
            FakePiece.Of("event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_quick\",\"status\":\"completed\",\"model\":\"gpt-4.1\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2,\"total_tokens\":3}}}\n\n"),
            FakePiece.Of(": the end\n\n", closing)));
        using var first = await anna.SendAsync(anna.Request(HttpMethod.Post, "/v1/responses", """{"model":"gpt-4.1","input":"Hello","stream":true}"""));
        await using var stream = await first.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.True(await stream.ReadAsync(new byte[4096], TestContext.Current.CancellationToken) > 0);
        var next = RespondAsync(anna, Next("resp_quick"));
        closing.Open();
        Assert.Equal(HttpStatusCode.OK, await next);
    }

    [Fact]
    public async Task A_user_key_reaches_no_stored_object()
    {
        var gateway = Fresh();
        var anna = gateway.Caller(await gateway.NewUserAsync(annas, 100_000));
        foreach (var call in (string[])
            [
                "GET responses/resp_1", "DELETE responses/resp_1", "POST responses/resp_1/cancel", "GET responses/resp_1/input_items",
                "GET chat/completions", "GET chat/completions/chatcmpl-1", "DELETE chat/completions/chatcmpl-1",
                "GET files", "GET files/file-1/content", "DELETE files/file-1", "GET batches", "GET conversations/conv_1/items",
                "GET threads/thread_1/messages", "GET vector_stores", "GET containers/cntr_1/files", "GET fine_tuning/jobs",
                "GET assistants", "DELETE models/ft:gpt-4.1:x",
            ])
        {
            var (method, path) = (call.Split(' ')[0], "/v1/" + call.Split(' ')[1]);
            using var answer = await anna.SendAsync(anna.Request(HttpMethod.Parse(method), path));
            var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden && body.Contains("route_not_allowed", StringComparison.Ordinal), $"{call} answered {(int)answer.StatusCode}: {body}");
        }
        Assert.Equal(0, gateway.Provider.Count);
    }

    [Fact]
    public async Task The_provider_accounts_own_administration_never_leaves()
    {
        var gateway = Fresh();
        var app = new CallerClient(gateway.Process.Client, (await gateway.Admin.CreateKeyAsync("app", null)).Secret);
        foreach (var path in (string[])["/v1/organization/usage/completions", "/organization/costs", "/v1//organization/users", "/v1/ORGANIZATION/admin_api_keys", "/v1/x/../organization/users"])
        {
            using var answer = await app.SendAsync(app.Request(HttpMethod.Get, path));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        Assert.Equal(0, gateway.Provider.Count);
    }

    private static string Next(string id) => $$"""{"model":"gpt-4.1","input":"And then?","previous_response_id":"{{id}}"}""";

    private RunningGateway Fresh()
    {
        var gateway = shared.Fresh();
        var made = 0;
        gateway.Provider.Answer = _ => FakeAnswer.Json(Own(
            $$$"""{"id":"resp_{{{Interlocked.Increment(ref made)}}}","object":"response","status":"completed","model":"gpt-4.1","output":[],"usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15}}"""));
        return gateway;
    }

    /// <summary>Whoever names an object first owns it for ever: each test has objects of its own.</summary>
    private string Own(string json) => ObjectId().Replace(json, $"$0_{annas}");

    [GeneratedRegex("(?<=\"[^\"]*[a-z][_-])[0-9](?=\")")]
    private static partial Regex ObjectId();

    private async Task<HttpStatusCode> RespondAsync(CallerClient caller, string json, string? user = null)
    {
        using var request = caller.Request(HttpMethod.Post, "/v1/responses", Own(json));
        if (user is not null)
            request.Headers.Add("X-AiGateway-User", user);
        using var answer = await caller.SendAsync(request);
        return answer.StatusCode;
    }
}
