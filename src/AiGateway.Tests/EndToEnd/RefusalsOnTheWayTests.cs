using AiGateway.Pipeline;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Refusals that the provider, the way to it or a header brings about. None of them costs anything, and each hold is freed.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class RefusalsOnTheWayTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}""";

    [Fact]
    public async Task A_provider_that_does_not_know_our_key_is_not_the_callers_401()
    {
        var (user, caller) = await NewCallerAsync();
        shared.Gateway.Provider.Enqueue(FakeAnswer.Error(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-proj-secret."));
        using var answer = await caller.ChatAsync(Ask);
        var error = await answer.RefusedAsync(502, "upstream_auth_failed");
        Assert.DoesNotContain("sk-", error.ToString(), StringComparison.Ordinal);
        await CostsNothingAsync(shared.Gateway, user);
    }

    [Fact]
    public async Task A_provider_account_that_is_spent_is_not_the_callers_429()
    {
        var (user, caller) = await NewCallerAsync();
        shared.Gateway.Provider.Enqueue(FakeAnswer.Error(429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."));
        using var answer = await caller.ChatAsync(Ask);
        await answer.RefusedAsync(503, "upstream_quota_exhausted");
        await CostsNothingAsync(shared.Gateway, user);
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_is_502()
    {
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["OPENAI_BASE_URL"] = "http://127.0.0.1:1/v1" });
        using var answer = await gateway.Caller(await gateway.NewUserAsync("anna", 100_000)).ChatAsync(Ask);
        await answer.RefusedAsync(502, "upstream_unreachable");
        await CostsNothingAsync(gateway, "anna");
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_in_time_is_504()
    {
        await using var gateway = await RunningGateway.StartAsync(prepare: folder =>
            Shipped.CopyTo(folder, File.ReadAllText(Shipped.Path("routes.json")).Replace("\"00:11:00\"", "\"00:00:01\"", StringComparison.Ordinal)));
        gateway.Provider.Enqueue(FakeAnswer.Json(FakeChat.Whole) with { BeforeHeaders = new Gate() });
        using var answer = await gateway.Caller(await gateway.NewUserAsync("anna", 100_000)).ChatAsync(Ask);
        await answer.RefusedAsync(504, "upstream_timeout");
        await CostsNothingAsync(gateway, "anna");
    }

    [Fact]
    public async Task A_cap_that_is_no_number_is_refused()
    {
        var (user, caller) = await NewCallerAsync();
        using var request = caller.Request(HttpMethod.Post, CallerClient.ChatPath, Ask);
        request.Headers.Add("X-AiGateway-Max-Tokens", "a few");
        using var answer = await caller.SendAsync(request);
        await answer.RefusedAsync(400, "invalid_max_tokens");
        await CostsNothingAsync(shared.Gateway, user);
    }

    [Fact]
    public async Task An_app_key_that_comes_out_of_a_browser_is_refused()
    {
        var app = shared.Gateway.Caller(await shared.Gateway.Admin.CreateKeyAsync("app", null));
        using var request = app.Request(HttpMethod.Post, CallerClient.ChatPath, Ask);
        request.Headers.Add("Origin", "https://app.example.com");
        request.Headers.Add("X-AiGateway-User", "anna");
        using var answer = await app.SendAsync(request);
        await answer.RefusedAsync(403, "app_key_in_browser");
    }

    [Fact]
    public async Task An_address_of_sessions_takes_no_ordinary_call()
    {
        var (_, caller) = await NewCallerAsync();
        using var answer = await caller.SendAsync(caller.Request(HttpMethod.Get, "/v1/realtime?model=gpt-realtime"));
        await answer.RefusedAsync(426, "bad_request");
    }

    [Fact]
    public async Task A_bug_is_a_plain_500_that_tells_nothing()
    {
        var context = new DefaultHttpContext();
        context.Response.Body = new MemoryStream();
        await new RequestIds(_ => throw new InvalidOperationException("a-secret-of-ours"), TimeProvider.System, NullLogger<RequestIds>.Instance).InvokeAsync(context);
        context.Response.Body.Position = 0;
        var body = await new StreamReader(context.Response.Body).ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(500, context.Response.StatusCode);
        Assert.Contains("\"internal_error\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret-of-ours", body, StringComparison.Ordinal);
    }

    private async Task<(string User, CallerClient Caller)> NewCallerAsync()
    {
        var user = shared.NextUser();
        return (user, shared.Gateway.Caller(await shared.Gateway.NewUserAsync(user, 100_000)));
    }

    private static async Task CostsNothingAsync(RunningGateway gateway, string user)
    {
        await gateway.NothingHeldAsync();
        Assert.Empty(await gateway.Admin.ChargesAsync(user));
        await gateway.BooksBalanceAsync();
    }
}
