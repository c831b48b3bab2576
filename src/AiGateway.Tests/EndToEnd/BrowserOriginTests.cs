using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Pages of the named origins may call /gateway/v1 and the widgets; nobody's page may call /v1.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class BrowserOriginTests(BrowserOriginTests.WithOrigins shared) : IClassFixture<BrowserOriginTests.WithOrigins>
{
    private const string Allowed = "https://app.example.com", AlsoAllowed = "http://localhost:3000", Foreign = "https://evil.example.com";

    /// <summary>A gateway that names two origins.</summary>
    public sealed class WithOrigins : SharedGateway
    {
        private protected override Task<RunningGateway> StartAsync() => RunningGateway.StartAsync(new Dictionary<string, string> { ["Cors__AllowedOrigins"] = $"{Allowed}, {AlsoAllowed}" });
    }

    [Fact]
    public async Task A_named_origin_may_ask_and_read_our_headers()
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(shared.NextUser(), 1_000));
        foreach (var origin in new[] { Allowed, AlsoAllowed })
        {
            using var preflight = await AskAsync(caller, HttpMethod.Options, "/gateway/v1/balance", origin);
            Assert.Equal(origin, preflight.Header("Access-Control-Allow-Origin"));
            Assert.Contains("authorization", preflight.Header("Access-Control-Allow-Headers") ?? "", StringComparison.OrdinalIgnoreCase);
            using var answer = await AskAsync(caller, HttpMethod.Get, "/gateway/v1/balance", origin);
            Assert.Equal((200, origin), ((int)answer.StatusCode, answer.Header("Access-Control-Allow-Origin")));
            Assert.Contains("X-AiGateway-Request-Id", answer.Header("Access-Control-Expose-Headers") ?? "", StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/gateway/v1/balance", Foreign)]
    [InlineData("/v1/models", Allowed)]
    [InlineData("/admin/v1/users", Allowed)]
    public async Task Everything_else_gets_no_leave(string path, string origin)
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(shared.NextUser(), 1_000));
        foreach (var method in new[] { HttpMethod.Options, HttpMethod.Get })
        {
            using var answer = await AskAsync(caller, method, path, origin);
            Assert.Null(answer.Header("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Without_the_setting_nobody_gets_leave()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 1_000));
        using var answer = await AskAsync(caller, HttpMethod.Options, "/gateway/v1/balance", Allowed);
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
    }

    private static Task<HttpResponseMessage> AskAsync(CallerClient caller, HttpMethod method, string path, string origin)
    {
        var request = caller.Request(method, path);
        request.Headers.Add("Origin", origin);
        if (method == HttpMethod.Options)
        {
            request.Headers.Authorization = null;
            request.Headers.Add("Access-Control-Request-Method", "GET");
            request.Headers.Add("Access-Control-Request-Headers", "authorization");
        }
        return caller.SendAsync(request);
    }
}
