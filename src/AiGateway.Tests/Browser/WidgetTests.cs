using System.IO.Compression;
using AiGateway.Tests.Documents;
using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;
using Microsoft.Playwright;

namespace AiGateway.Tests.Browser;

/// <summary>The widgets in an app's page, on an origin that is not the gateway's.</summary>
[Collection(PatientGroup.Name)]
public sealed class WidgetTests(SharedSite shared, Chromium chromium) : IClassFixture<SharedSite>
{
    private const string All = """
        <aigateway-balance poll="1"></aigateway-balance><aigateway-estimate></aigateway-estimate><aigateway-toast></aigateway-toast>
        <aigateway-low-balance></aigateway-low-balance><aigateway-usage></aigateway-usage><aigateway-buy></aigateway-buy>
        """;

    private AppSite Site => shared.Site;

    private RunningGateway Gateway => shared.Gateway;

    /// <summary>A user that no other test has, in the app's page.</summary>
    private async Task<string> NewUserAsync(long tokens, string body = All)
    {
        (Site.User, Site.Body, Site.TokenInPage) = (shared.NextUser(), body, null);
        await Gateway.NewUserAsync(Site.User, tokens);
        return Site.User;
    }

    [Fact]
    public async Task An_estimate_is_agreed_to_then_the_balance_changes_at_once_and_a_toast_tells()
    {
        var user = await NewUserAsync(100_000);
        await Gateway.UseAsync(user, user + " before", 100, 20);
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(Site.Address);
        await Assertions.Expect(tab["aigateway-balance [part=value]"]).ToHaveTextAsync("99.8K");
        await tab["#call"].ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog, new() { Name = "Use tokens?" });
        await Assertions.Expect(dialog).ToContainTextAsync("Estimated: 120 tokens. You have 99.8K remaining.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Use Tokens" }).ClickAsync();
        await Assertions.Expect(tab["#said"]).ToHaveTextAsync("called: 200");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Used 29 tokens • 99.8K remaining" })).ToBeVisibleAsync();
        await Assertions.Expect(tab["aigateway-balance [role=meter]"]).ToHaveAttributeAsync("aria-valuetext", "99,851 of 100,000 tokens remaining");
        // Focus is where it was before the dialog.
        Assert.True(await tab.Page.EvaluateAsync<bool>("() => document.activeElement.id === 'call'"));
        await tab.IsFineAsync();
    }

    [Fact]
    public async Task The_page_and_the_script_of_the_document_do_what_it_says()
    {
        string Documented(string language) => Snippet.All.Single(snippet => snippet.Document == "docs/widgets.md" && snippet.Language == language).Text
            .Replace("https://gateway.example.com/", Gateway.Process.BaseAddress.ToString(), StringComparison.Ordinal);
        var user = await NewUserAsync(100_000, "");
        Site.Body = Documented("html").Replace("agw_ptl_…", (await Gateway.PortalAsync(user)).Token, StringComparison.Ordinal)
            + """<aigateway-toast></aigateway-toast><script type="module" src="/more.js"></script>""";
        // The document's script takes these from the app.
        Site.MoreScript = """const getToken = async () => (await fetch("/token")).text(), locale = "en-US", lowPercent = 10, addUrl = "/more", texts = {};""" + "\n" + Documented("js");
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(Site.Address);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Used 29 tokens • 99.9K remaining" })).ToBeVisibleAsync();
        await Assertions.Expect(tab["aigateway-balance [role=meter]"]).ToHaveAttributeAsync("aria-valuetext", "99,971 of 100,000 tokens remaining");
    }

    [Fact]
    public async Task What_the_user_does_not_agree_to_is_not_called()
    {
        await NewUserAsync(100_000);
        var before = Gateway.Provider.Count;
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(Site.Address);
        await tab["#call"].ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("You have 100K remaining.");
        await tab.IsFineAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(tab["#said"]).ToHaveTextAsync("not called");
        Assert.Equal(before, Gateway.Provider.Count);
    }

    [Fact]
    public async Task A_balance_that_changed_elsewhere_is_seen_by_looking_again()
    {
        var user = await NewUserAsync(100_000);
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(Site.Address);
        await Assertions.Expect(tab["aigateway-balance [part=value]"]).ToHaveTextAsync("100K");
        await Gateway.UseAsync(user, user + " elsewhere", 30_000, 0);
        await Assertions.Expect(tab["aigateway-balance [part=value]"]).ToHaveTextAsync("70K");
        await Assertions.Expect(tab["aigateway-buy [part='button buy']"]).ToHaveCountAsync(5);
    }

    [Fact]
    public async Task A_low_balance_is_said_once_and_a_refused_call_every_time()
    {
        var user = await NewUserAsync(100_000, "<aigateway-balance></aigateway-balance><aigateway-toast></aigateway-toast><aigateway-low-balance></aigateway-low-balance>");
        await Gateway.UseAsync(user, user + " nearly all", 99_990, 0);
        await using var tab = await chromium.OpenAsync(dark: true);
        await tab.GoAsync(Site.Address);
        var low = tab.Page.GetByRole(AriaRole.Dialog, new() { Name = "You're running low" });
        await Assertions.Expect(low).ToContainTextAsync("You have 10 tokens left.");
        await Assertions.Expect(tab["aigateway-balance"]).ToContainTextAsync("Low");
        await tab.IsFineAsync();
        await low.GetByRole(AriaRole.Button, new() { Name = "Later" }).ClickAsync();
        await tab["#call"].ClickAsync();
        var refused = tab.Page.GetByRole(AriaRole.Alertdialog, new() { Name = "Not enough tokens" });
        await Assertions.Expect(refused).ToContainTextAsync("Your chat was not done, and nothing was charged.");
        Assert.Empty(await tab.ViolationsAsync());
        await refused.GetByRole(AriaRole.Button, new() { Name = "Later" }).ClickAsync();
        await tab.Page.ReloadAsync();
        await Assertions.Expect(tab["aigateway-balance"]).ToContainTextAsync("Low");
        await Assertions.Expect(low).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_token_that_is_over_is_renewed_by_the_apps_server()
    {
        var user = await NewUserAsync(100_000, "<aigateway-balance></aigateway-balance>");
        Site.TokenInPage = "agw_ptl_over";
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(Site.Address);
        await Assertions.Expect(tab["aigateway-balance [part=value]"]).ToHaveTextAsync("100K");
    }

    [Fact]
    public async Task Without_leave_the_balance_is_unavailable_and_is_never_shown_as_nothing()
    {
        await using var stranger = await AppSite.StartAsync();
        (stranger.Gateway, stranger.User) = (Gateway, await NewUserAsync(100_000));
        stranger.Body = "<aigateway-balance balance=\"4234567\" allocation=\"5000000\"></aigateway-balance>";
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(stranger.Address);
        // Not even the module: another site's script may not read it.
        await Eventually.TrueAsync(() => tab.Complaints.Any(said => said.Contains("CORS", StringComparison.Ordinal)), "the browser says why");
        Assert.Equal("", await tab["aigateway-balance"].InnerTextAsync());
        var (status, text) = await FetchAsync(tab, $"{Gateway.Process.BaseAddress}gateway/v1/balance");
        Assert.Equal((0, ""), (status, text));
    }

    [Fact]
    public async Task When_the_gateway_is_away_the_last_value_is_marked_old()
    {
        var user = await NewUserAsync(4_234_567, "<aigateway-balance poll=\"1\"></aigateway-balance>");
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(Site.Address);
        await Assertions.Expect(tab["aigateway-balance [part=value]"]).ToHaveTextAsync("4.2M");
        await tab.Page.RouteAsync("**/gateway/v1/balance", route => route.AbortAsync());
        await Assertions.Expect(tab["aigateway-balance"]).ToContainTextAsync("Balance unavailable");
        await Assertions.Expect(tab["aigateway-balance"]).ToContainTextAsync("Last seen: 4.2M");
        await tab.Page.UnrouteAsync("**/gateway/v1/balance");
        await tab["aigateway-balance [part='button retry']"].ClickAsync();
        await Assertions.Expect(tab["aigateway-balance [part=value]"]).ToHaveTextAsync("4.2M");
    }

    [Fact]
    public async Task The_app_key_is_nowhere_in_the_browser()
    {
        var key = (await Gateway.AppAsync()).Secret;
        var user = await NewUserAsync(100_000);
        await using var tab = await chromium.OpenAsync();
        var seen = new List<string>();
        tab.Page.Request += (_, request) => seen.Add($"{request.Url} {string.Join('\n', request.Headers.Select(header => $"{header.Key}: {header.Value}"))} {request.PostData}");
        await tab.GoAsync(Site.Address);
        await tab["#call"].ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use Tokens" }).ClickAsync();
        await Assertions.Expect(tab["#said"]).ToHaveTextAsync("called: 200");
        Assert.Contains(seen, line => line.Contains("agw_ptl_", StringComparison.Ordinal));
        Assert.DoesNotContain(seen, line => line.Contains(key, StringComparison.Ordinal));
        Assert.DoesNotContain(Site.Sent, text => text.Contains(key, StringComparison.Ordinal));
        Assert.DoesNotContain(key, await tab.Page.ContentAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4_234_567, true, "4.2M")]
    [InlineData(4_234_567, false, "4,234,567")]
    [InlineData(4_299_999, true, "4.2M")]
    [InlineData(999, true, "999")]
    [InlineData(0, true, "0")]
    public async Task Figures_are_written_as_in_the_product(long tokens, bool compact, string expected)
    {
        await NewUserAsync(0, "");
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(Site.Address);
        await tab.UntilAsync("() => typeof formatTokens === 'function'", "the module is loaded");
        Assert.Equal(expected, await tab.Page.EvaluateAsync<string>($"() => formatTokens({tokens}, {(compact ? "true" : "false")})"));
    }

    [Fact]
    public void The_module_is_small()
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.SmallestSize, leaveOpen: true))
            zip.Write(File.ReadAllBytes(Path.Combine(RepositoryRoot.Find(), "src/AiGateway/wwwroot/widgets/aigateway.js")));
        Assert.InRange(zipped.Length, 1, 15 * 1024);
    }

    /// <summary>What a script of the page gets; nothing where the browser refuses.</summary>
    private static async Task<(int Status, string Text)> FetchAsync(Tab tab, string url)
    {
        var got = await tab.Page.EvaluateAsync<string[]>(
            "async url => { try { const answer = await fetch(url); return [String(answer.status), await answer.text()]; } catch { return ['0', '']; } }", url);
        return (int.Parse(got[0], System.Globalization.CultureInfo.InvariantCulture), got[1]);
    }
}
