using AiGateway.Tests.Support;
using Microsoft.IdentityModel.Tokens;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Tokens of the configured issuer are credentials: their subject pays, and the rules of user keys hold.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class JwtCallerTests(JwtCallerTests.WithIssuer shared) : IClassFixture<JwtCallerTests.WithIssuer>
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";

    /// <summary>A gateway that believes one issuer.</summary>
    public sealed class WithIssuer : SharedGateway
    {
        private OidcIssuer? issuer;

        internal OidcIssuer Issuer => issuer ?? throw new InvalidOperationException("Not started.");

        private protected override async Task<RunningGateway> StartAsync() => await JwtCallerTests.StartAsync(issuer = await OidcIssuer.StartAsync());

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            if (issuer is not null)
                await issuer.DisposeAsync();
        }
    }

    private readonly string anna = shared.NextUser();

    [Fact]
    public async Task The_subject_of_a_token_pays_for_its_calls()
    {
        var issuer = shared.Issuer;
        var gateway = shared.Fresh();
        await gateway.NewUserAsync(anna, 1_000);
        var caller = Caller(gateway, issuer.Token(anna));
        using var answer = await caller.ChatAsync(Ask);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(1_000 - FakeChat.TotalTokens, await gateway.Admin.TokensOfAsync(anna));
        Assert.Equal(anna, (await caller.BalanceAsync()).GetProperty("user_id").GetString());
        Assert.Equal("Bearer " + RunningGateway.ProviderKey, gateway.Provider.Requests.Single().Header("Authorization"));
    }

    [Fact]
    public async Task A_token_that_is_not_good_in_every_part_is_refused()
    {
        var issuer = shared.Issuer;
        await using var other = await OidcIssuer.StartAsync();
        var gateway = shared.Fresh();
        await gateway.NewUserAsync(anna, 1_000);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var good = issuer.Token(anna);
        var bad = new Dictionary<string, string>
        {
            ["expired"] = issuer.Token(anna, token => (token.NotBefore, token.Expires) = (now.AddHours(-2), now.AddHours(-1))),
            ["not yet valid"] = issuer.Token(anna, token => (token.NotBefore, token.Expires) = (now.AddHours(1), now.AddHours(2))),
            ["without an end"] = issuer.Token(anna, token => token.Expires = null),
            ["for others"] = issuer.Token(anna, token => token.Audience = "someone-else"),
            ["of another issuer"] = issuer.Token(anna, token => token.Issuer = "https://login.example.com"),
            ["signed by another"] = other.Token(anna, token => token.Issuer = issuer.Authority),
            ["without a subject"] = issuer.Token(anna, token => token.Claims.Clear()),
            ["unsigned"] = issuer.Token(anna, token => token.SigningCredentials = null),
            ["signed with a shared secret"] = issuer.Token(anna, token =>
                token.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(new byte[32]) { KeyId = "first" }, SecurityAlgorithms.HmacSha256)),
            ["changed"] = good[..good.IndexOf('.')] + "." + Base64UrlEncoder.Encode("""{"sub":"ben"}""") + good[good.LastIndexOf('.')..],
            ["no token"] = "a.b.c",
        };
        foreach (var (what, token) in bad)
        {
            using var answer = await Caller(gateway, token).ChatAsync(Ask);
            Assert.True(401 == (int)answer.StatusCode, $"A token that is {what} answered {(int)answer.StatusCode}.");
            await answer.RefusedAsync(401, "invalid_api_key");
        }
        Assert.Equal(0, gateway.Provider.Count);
    }

    [Fact]
    public async Task The_rules_of_user_keys_hold_for_tokens()
    {
        var issuer = shared.Issuer;
        var gateway = shared.Fresh();
        await gateway.NewUserAsync(anna, 1_000);
        var caller = Caller(gateway, issuer.Token(anna));
        using var foreign = await caller.SendAsync(caller.Request(HttpMethod.Get, "/v1/files"));
        await foreign.RefusedAsync(403, "route_not_allowed");
        using var request = caller.Request(HttpMethod.Post, CallerClient.ChatPath, Ask);
        request.Headers.Add("X-AiGateway-User", "ben");
        using var mismatch = await caller.SendAsync(request);
        await mismatch.RefusedAsync(403, "user_mismatch");
    }

    [Fact]
    public async Task An_issuer_that_is_down_is_503_until_its_keys_are_known_and_keys_go_on()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        issuer.IsDown = true;
        await using var gateway = await StartAsync(issuer);
        var key = await gateway.NewUserAsync(anna, 1_000);
        using (var refused = await Caller(gateway, issuer.Token(anna)).ChatAsync(Ask))
            await refused.RefusedAsync(503, "issuer_unavailable");
        using (var balance = await Caller(gateway, issuer.Token(anna)).SendAsync(gateway.Caller(new MadeKey("", issuer.Token(anna))).Request(HttpMethod.Get, "/gateway/v1/balance")))
            Assert.Equal(503, (int)balance.StatusCode);
        using (var byKey = await gateway.Caller(key).ChatAsync(Ask))
            Assert.Equal(200, (int)byKey.StatusCode);
        issuer.IsDown = false;
        await Eventually.TrueAsync(async () => await StatusAsync(gateway, issuer) == 200, "the issuer is asked again");
        issuer.IsDown = true;
        Assert.Equal(200, await StatusAsync(gateway, issuer));
    }

    [Fact]
    public async Task A_new_key_of_the_issuer_is_found()
    {
        var issuer = shared.Issuer;
        var gateway = shared.Fresh();
        await gateway.NewUserAsync(anna, 1_000);
        Assert.Equal(200, await StatusAsync(gateway, issuer));
        issuer.ChangeKey();
        Assert.Equal(200, await StatusAsync(gateway, issuer));
    }

    [Fact]
    public async Task Without_an_issuer_no_token_is_a_credential()
    {
        await using var issuer = await OidcIssuer.StartAsync();
        await using var gateway = await RunningGateway.StartAsync();
        using var answer = await Caller(gateway, issuer.Token(anna)).ChatAsync(Ask);
        await answer.RefusedAsync(401, "invalid_api_key");
    }

    private async Task<int> StatusAsync(RunningGateway gateway, OidcIssuer issuer)
    {
        using var answer = await Caller(gateway, issuer.Token(anna)).ChatAsync(Ask);
        return (int)answer.StatusCode;
    }

    private static CallerClient Caller(RunningGateway gateway, string token) => gateway.Caller(new MadeKey("", token));

    private static Task<RunningGateway> StartAsync(OidcIssuer issuer) => RunningGateway.StartAsync(new Dictionary<string, string>
    {
        ["Jwt__Authority"] = issuer.Authority, ["Jwt__Audience"] = OidcIssuer.Audience,
    });
}
