using System.Net;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>A portal token reads its own user's account and buys for him; it does nothing else, and for nobody else.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class PortalSessionTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RunningGateway Gateway => shared.Gateway;

    [Fact]
    public async Task A_portal_token_reads_its_own_user_and_no_other()
    {
        var (anna, ben) = (shared.NextUser(), shared.NextUser());
        await Gateway.NewUserAsync(anna, 1_000);
        using var bens = await Gateway.Caller(await Gateway.NewUserAsync(ben, 20_000)).ChatAsync(Ask);
        var portal = new CallerClient(Gateway.Process.Client, (await Gateway.PortalAsync(anna)).Token);
        var balance = await portal.BalanceAsync();
        Assert.Equal((anna, 1_000L), (balance.GetProperty("user_id").GetString(), balance.GetProperty("balance").GetInt64()));
        Assert.All((await portal.TransactionsAsync()).GetProperty("data").EnumerateArray(), row => Assert.Equal(anna, row.GetProperty("user_id").GetString()));
        foreach (var path in new[] { "balance", "transactions" })
        {
            var request = portal.Request(HttpMethod.Get, "/gateway/v1/" + path);
            request.Headers.Add("X-AiGateway-User", ben);
            using var answer = await portal.SendAsync(request);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
        using var others = await portal.SendAsync(portal.Request(HttpMethod.Get, $"/gateway/v1/requests/{bens.RequestId()}"));
        Assert.Equal(HttpStatusCode.NotFound, others.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/v1/chat/completions", """{"model":"gpt-4o","messages":[]}""", 401)]
    [InlineData("GET", "/v1/models", null, 401)]
    [InlineData("GET", "/admin/v1/users", null, 401)]
    [InlineData("POST", "/gateway/v1/portal-sessions", """{"user_id":"somebody"}""", 403)]
    [InlineData("POST", "/gateway/v1/usage", """{"source_key":"s","user_id":"somebody","action_type":"chat","prompt_tokens":1,"completion_tokens":1}""", 403)]
    [InlineData("POST", "/gateway/v1/estimate", """{"tokens":10}""", 200)]
    [InlineData("POST", "/gateway/v1/checkout", """{"pack":"small"}""", 200)]
    public async Task It_reads_and_buys_and_nothing_else(string method, string path, string? json, int status)
    {
        var portal = new CallerClient(Gateway.Process.Client, (await Gateway.PortalAsync(shared.NextUser())).Token);
        using var answer = await portal.SendAsync(portal.Request(new HttpMethod(method), path, json));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Only_an_app_key_opens_a_session()
    {
        var user = new CallerClient(Gateway.Process.Client, (await Gateway.NewUserAsync(shared.NextUser(), 0)).Secret);
        using var answer = await user.SendAsync(user.Request(HttpMethod.Post, "/gateway/v1/portal-sessions", """{"user_id":"somebody"}"""));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var app = new CallerClient(Gateway.Process.Client, (await Gateway.Admin.CreateKeyAsync("app", null)).Secret);
        using var nobody = await app.SendAsync(app.Request(HttpMethod.Post, "/gateway/v1/portal-sessions", """{"user_id":""}"""));
        Assert.Equal(HttpStatusCode.BadRequest, nobody.StatusCode);
    }

    [Fact]
    public async Task The_link_signs_in_and_the_cookie_ends_with_the_token()
    {
        var portal = await Gateway.PortalAsync(shared.NextUser());
        Assert.InRange(portal.ExpiresAt, DateTimeOffset.UnixEpoch, TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(15));
        using var answer = await FollowAsync(portal.Url);
        Assert.Equal((HttpStatusCode.Redirect, "/dashboard"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), value => value.StartsWith("aigateway_portal=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        // A session cookie: the end stands inside, under seal, and is the token's.
        Assert.DoesNotContain("expires=", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/dashboard/usage", "/dashboard/usage")]
    [InlineData("/dashboard/tokens", "/dashboard/tokens")]
    [InlineData("https://evil.example.com/", "/dashboard")]
    [InlineData("//evil.example.com/dashboard", "/dashboard")]
    [InlineData("/\\evil.example.com", "/dashboard")]
    [InlineData("/dashboard/../admin", "/dashboard")]
    [InlineData("javascript:alert(1)", "/dashboard")]
    public async Task The_link_leads_to_pages_of_ours_only(string to, string expected)
    {
        var portal = await Gateway.PortalAsync(shared.NextUser());
        using var answer = await FollowAsync($"{portal.Url}&to={Uri.EscapeDataString(to)}");
        Assert.Equal(expected, answer.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("agw_ptl_CfDJ8AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("")]
    [InlineData("<script>alert(1)</script>")]
    public async Task A_link_that_is_none_says_so_and_signs_nobody_in(string token)
    {
        using var answer = await Gateway.Process.Client.GetAsync($"/dashboard/sign-in?token={Uri.EscapeDataString(token)}", Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.Contains("This link is over", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> FollowAsync(string url)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
        return await browser.GetAsync(url, Cancel);
    }
}
