using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Without a Stripe key: from the wish to the tokens, through the same door that Stripe knocks at.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class DemoCheckoutTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RunningGateway Gateway => shared.Gateway;

    private async Task<(JsonElement Answer, HttpStatusCode Status)> WishAsync(MadeKey key, object wish, string path = "checkout")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/gateway/v1/" + path) { Content = JsonContent.Create(wish) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Secret);
        using var answer = await Gateway.Process.Client.SendAsync(request, Cancel);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        return (json.RootElement.Clone(), answer.StatusCode);
    }

    private async Task PressAsync(string url, string button)
    {
        using var answer = await Gateway.Process.Client.PostAsync(new Uri(url).AbsolutePath + "/" + button, null, Cancel);
        Assert.True((int)answer.StatusCode < 400, $"{button} answered {(int)answer.StatusCode}");
    }

    [Theory]
    [InlineData("plan", "annual", 5_000_000)]
    [InlineData("plan", "monthly", 600_000)]
    [InlineData("pack", "small", 100_000)]
    public async Task Pay_brings_the_tokens_once(string kind, string offer, long tokens)
    {
        var user = shared.NextUser();
        var key = await Gateway.NewUserAsync(user, 0);
        var (wish, _) = await WishAsync(key, new Dictionary<string, string> { [kind] = offer });
        var url = wish.GetProperty("url").GetString() ?? "";
        await PressAsync(url, "pay");
        await PressAsync(url, "pay");
        await Eventually.TrueAsync(async () => await Gateway.Admin.TokensOfAsync(user) == tokens, "the tokens are there");
        var plan = kind == "plan" ? offer : null;
        await Eventually.TrueAsync(async () => (await Gateway.Admin.BalanceAsync(user)).GetProperty("plan").GetString() == plan, "the balance names the plan");
        await Gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task A_year_on_top_of_a_month_takes_its_place()
    {
        var user = shared.NextUser();
        var key = await Gateway.NewUserAsync(user, 0);
        await PressAsync((await WishAsync(key, new { plan = "monthly" })).Answer.GetProperty("url").GetString() ?? "", "pay");
        await Eventually.TrueAsync(async () => (await Gateway.Admin.BalanceAsync(user)).GetProperty("plan").GetString() == "monthly", "the month runs");
        Assert.Equal(HttpStatusCode.Conflict, (await WishAsync(key, new { plan = "monthly" })).Status);
        await PressAsync((await WishAsync(key, new { plan = "annual" })).Answer.GetProperty("url").GetString() ?? "", "pay");
        await Eventually.TrueAsync(async () => (await Gateway.Admin.BalanceAsync(user)).GetProperty("plan").GetString() == "annual", "the year runs");
        Assert.Equal(5_000_000, await Gateway.Admin.TokensOfAsync(user));
        Assert.Equal(0, (await Gateway.Admin.GetAsync("stripe/summary")).GetProperty("parked").GetInt32());
        Assert.All(await Gateway.Admin.PageAsync("stripe/events?limit=100"), e => Assert.NotEqual("parked", e.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Pay_later_is_processing_until_it_is_paid()
    {
        var user = shared.NextUser();
        var key = await Gateway.NewUserAsync(user, 0);
        var url = (await WishAsync(key, new { pack = "small" })).Answer.GetProperty("url").GetString() ?? "";
        await PressAsync(url, "later");
        var page = "/checkout/" + url.Split('/')[^1];
        await Eventually.TrueAsync(async () => (await Gateway.Process.Client.GetStringAsync(page, Cancel)).Contains("Still processing"), "the page says so");
        Assert.Equal(0, await Gateway.Admin.TokensOfAsync(user));
        await PressAsync(url, "pay");
        await Eventually.TrueAsync(async () => (await Gateway.Process.Client.GetStringAsync(page, Cancel)).Contains("Confirmed"), "the page says so");
        Assert.Equal(100_000, await Gateway.Admin.TokensOfAsync(user));
    }

    [Fact]
    public async Task A_browser_cannot_name_a_price_and_nobody_can_sign()
    {
        var key = await Gateway.NewUserAsync(shared.NextUser(), 0);
        Assert.Equal(HttpStatusCode.BadRequest, (await WishAsync(key, new { pack = "small", tokens = 9_000_000 })).Status);
        using var forged = new StringContent("{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"invoice.paid\",\"data\":{}}");
        forged.Headers.TryAddWithoutValidation("Stripe-Signature", "t=1,v1=00");
        using var answer = await Gateway.Process.Client.PostAsync("/stripe/webhook", forged, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
