using System.Net;
using System.Net.Http.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Behind a proxy that ends TLS, everything that names the gateway names the address that the world knows.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class PublicUrlTests(PublicUrlTests.BehindAProxy behind) : IClassFixture<PublicUrlTests.BehindAProxy>
{
    private const string Public = "https://gw.example.com";

    public sealed class BehindAProxy : SharedGateway
    {
        private protected override Task<RunningGateway> StartAsync() => RunningGateway.StartAsync(new Dictionary<string, string> { ["Server__PublicUrl"] = Public });
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RunningGateway Gateway => behind.Gateway;

    [Fact]
    public async Task A_sign_in_link_is_public_and_its_cookie_secure()
    {
        var link = new Uri((await Gateway.PortalAsync(behind.NextUser())).Url);
        Assert.Equal(Public, link.GetLeftPart(UriPartial.Authority));
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
        using var answer = await browser.GetAsync(new Uri(Gateway.Process.BaseAddress, link.PathAndQuery), Cancel);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), value => value.StartsWith("aigateway_portal=", StringComparison.Ordinal));
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_checkout_is_public_and_can_be_paid()
    {
        var caller = Gateway.Caller(await Gateway.NewUserAsync(behind.NextUser(), 0));
        using var wish = await caller.SendAsync(caller.Request(HttpMethod.Post, "/gateway/v1/checkout", """{"pack":"small"}"""));
        var url = new Uri((await wish.Content.ReadFromJsonAsync<Dictionary<string, string>>(Cancel))?["url"] ?? "");
        Assert.Equal(Public, url.GetLeftPart(UriPartial.Authority));
        // The demo checkout's event comes over the gateway's inner address, which speaks no TLS.
        using var paid = await Gateway.Process.Client.PostAsync(url.AbsolutePath + "/pay", null, Cancel);
        await Eventually.TrueAsync(async () => (await caller.BalanceAsync()).GetProperty("balance").GetInt64() > 0, "the pack arrives");
    }

    [Fact]
    public async Task Who_has_too_little_is_sent_to_the_public_page()
    {
        var caller = Gateway.Caller(await Gateway.NewUserAsync(behind.NextUser(), 0));
        using var answer = await caller.ChatAsync("""{"model":"gpt-4o","messages":[]}""");
        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        Assert.Contains($"\"add_tokens_url\":\"{Public}/dashboard/tokens\"", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_provider_does_not_hear_of_it()
    {
        using var answer = await Gateway.Caller(await Gateway.NewUserAsync(behind.NextUser(), 100_000)).ChatAsync("""{"model":"gpt-4o","messages":[]}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All(Gateway.Provider.Requests, request => Assert.DoesNotContain(request.Headers, header => header.Value.Contains("gw.example.com", StringComparison.Ordinal)));
    }
}
