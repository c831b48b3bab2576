using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Behind a proxy that ends TLS, everything that names the gateway names the address that the world knows.</summary>
[Collection(EndToEndGroup.Name)]
public sealed partial class PublicUrlTests(PublicUrlTests.BehindAProxy behind) : IClassFixture<PublicUrlTests.BehindAProxy>
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
        var text = (await Gateway.PortalAsync(behind.NextUser())).Url;
        Assert.StartsWith($"{Public}/", text, StringComparison.Ordinal);
        var link = new Uri(text);
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
        var text = (await wish.Content.ReadFromJsonAsync<Dictionary<string, string>>(Cancel))?["url"] ?? "";
        Assert.StartsWith($"{Public}/", text, StringComparison.Ordinal);
        var url = new Uri(text);
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

    [Theory]
    [InlineData(Public, HttpStatusCode.OK)]
    [InlineData("https://other.example.com", HttpStatusCode.Unauthorized)]
    public async Task An_operators_session_writes_for_pages_of_the_public_address_only(string origin, HttpStatusCode expected)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = Gateway.Process.BaseAddress };
        using var page = await browser.GetAsync("/admin/sign-in", Cancel);
        var token = WebUtility.HtmlDecode(Token().Match(await page.Content.ReadAsStringAsync(Cancel)).Groups[1].Value);
        using var signIn = new HttpRequestMessage(HttpMethod.Post, "/admin/sign-in");
        signIn.Content = new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", token), KeyValuePair.Create("key", RunningGateway.AdminKey)]);
        signIn.Headers.Add("Cookie", CookiesOf(page));
        using var signedIn = await browser.SendAsync(signIn, Cancel);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        using var write = new HttpRequestMessage(HttpMethod.Post, "/admin/v1/audit");
        write.Headers.Add("Cookie", CookiesOf(signedIn));
        write.Headers.Add("Origin", origin);
        using var answer = await browser.SendAsync(write, Cancel);
        Assert.Equal(expected, answer.StatusCode);
    }

    /// <summary>By hand: over the inner address, which is no https, a cookie jar keeps secure cookies to itself.</summary>
    private static string CookiesOf(HttpResponseMessage answer) => string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [Fact]
    public async Task The_provider_does_not_hear_of_it()
    {
        using var answer = await Gateway.Caller(await Gateway.NewUserAsync(behind.NextUser(), 100_000)).ChatAsync("""{"model":"gpt-4o","messages":[]}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All(Gateway.Provider.Requests, request => Assert.DoesNotContain(request.Headers, header => header.Value.Contains("gw.example.com", StringComparison.Ordinal)));
    }
}
