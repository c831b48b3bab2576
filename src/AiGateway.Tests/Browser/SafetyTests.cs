using System.Net;
using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;
using Microsoft.Playwright;

namespace AiGateway.Tests.Browser;

/// <summary>What a stranger's page, name or file would do if it could.</summary>
[Collection(PatientGroup.Name)]
public sealed class SafetyTests(SharedSite shared, Chromium chromium) : IClassFixture<SharedSite>
{
    private const string Evil = "<img src=x onerror=\"window.hit=1\"><script>window.hit=1</script>";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AppSite Site => shared.Site;

    private RunningGateway Gateway => shared.Gateway;

    /// <summary>A stranger's page on another port is the same site to a browser, so the cookie comes along: only the form's token tells.</summary>
    [Theory]
    [InlineData("/dashboard/tokens/buy", "pack", "small")]
    [InlineData("/dashboard/sign-out", "any", "thing")]
    public async Task A_form_of_another_page_changes_nothing(string action, string field, string value)
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 1_000);
        (Site.User, Site.Body) = (user, $"<form id=\"f\" method=\"post\" action=\"{Gateway.Process.BaseAddress}{action[1..]}\"><input type=\"hidden\" name=\"{field}\" value=\"{value}\"><button id=\"send\">Win a prize</button></form>");
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(Gateway, user);
        await tab.GoAsync(Site.Address);
        await tab["#send"].ClickAsync();
        await Assertions.Expect(tab["h1"]).ToHaveTextAsync("Please try again");
        await tab.GoAsync(Gateway, "/dashboard");
        await Assertions.Expect(tab[".exact"]).ToHaveTextAsync("1,000 tokens remaining");
    }

    /// <summary>From another site altogether not even the cookie comes along.</summary>
    [Fact]
    public async Task A_form_of_another_site_comes_without_the_cookie()
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 1_000);
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(Gateway, user);
        // localhost is another site than 127.0.0.1.
        (Site.User, Site.Body) = (user, $"<form method=\"post\" action=\"{Gateway.Process.BaseAddress}dashboard/sign-out\"><button id=\"send\">Win a prize</button></form>");
        await tab.GoAsync(new UriBuilder(Site.Address) { Host = "localhost" }.Uri);
        var sent = await tab.Page.RunAndWaitForRequestAsync(() => tab["#send"].ClickAsync(), request => request.Url.EndsWith("/sign-out", StringComparison.Ordinal));
        Assert.DoesNotContain("aigateway_portal", (await sent.AllHeadersAsync()).GetValueOrDefault("cookie", ""), StringComparison.Ordinal);
        await tab.GoAsync(Gateway, "/dashboard");
        await Assertions.Expect(tab[".exact"]).ToHaveTextAsync("1,000 tokens remaining");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/dashboard")]
    [InlineData("/dashboard/usage")]
    [InlineData("/dashboard/tokens")]
    [InlineData("/widgets/demo")]
    public async Task No_page_stands_in_another_sites_frame(string path)
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 1_000);
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(Gateway, user);
        (Site.User, Site.Body) = (user, $"<iframe title=\"trap\" src=\"{Gateway.Process.BaseAddress}{path[1..]}\"></iframe>");
        await tab.GoAsync(Site.Address);
        await Eventually.TrueAsync(() => tab.Complaints.Any(said => said.Contains("frame-ancestors", StringComparison.Ordinal)), "the browser says that it did not frame the page");
        Assert.Equal(0, await tab.Page.FrameLocator("iframe").Locator("main").CountAsync());
    }

    [Fact]
    public async Task Html_in_names_and_metadata_is_text()
    {
        var user = $"{Evil} {shared.NextUser()}";
        await Gateway.NewUserAsync(user, 10_000);
        await Gateway.UseAsync(user, user, 100, 20, "chat", new Dictionary<string, string> { [Evil] = Evil });
        await using var tab = await chromium.OpenAsync();
        foreach (var page in new[] { "/dashboard", "/dashboard/tokens", "/dashboard/usage" })
        {
            await tab.SignInAsync(Gateway, user, page);
            await Assertions.Expect(tab[".who .name"]).ToHaveTextAsync(user);
            Assert.Equal(0, await tab["main img, main script, .who img"].CountAsync());
        }
        await tab["table.moves summary"].First.ClickAsync();
        await Assertions.Expect(tab["table.moves dd"].Last).ToHaveTextAsync(Evil);
        Assert.False(await tab.Page.EvaluateAsync<bool>("() => 'hit' in window"));
        await tab.IsFineAsync();
    }

    [Fact]
    public async Task Html_in_the_figures_of_a_widget_is_text()
    {
        (Site.User, Site.Body) = (shared.NextUser(), $$"""<aigateway-usage values='{"days":[{"day":"2027-01-01","tokens":1}],"actions":[{"action_type":"<img src=x onerror=window.hit=1>","calls":1,"tokens":1}]}'></aigateway-usage>""");
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(Site.Address);
        await Assertions.Expect(tab["aigateway-usage tbody th, aigateway-usage tbody td"].First).ToContainTextAsync("<img src=x");
        Assert.Equal(0, await tab["aigateway-usage img"].CountAsync());
    }

    [Fact]
    public async Task A_spreadsheet_runs_nothing_of_a_file()
    {
        var user = $"=HYPERLINK(\"http://evil\") {shared.NextUser()}";
        await Gateway.NewUserAsync(user, 10_000);
        await Gateway.UseAsync(user, $"+{user}", 100, 20);
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(Gateway, user, "/dashboard/usage");
        var file = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Link, new() { Name = "Download CSV" }).ClickAsync());
        var text = await File.ReadAllTextAsync(await file.PathAsync(), Cancel);
        Assert.Contains(",\"'=HYPERLINK(\"\"http://evil\"\")", text, StringComparison.Ordinal);
        Assert.Contains("\"'+=HYPERLINK(", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("(^|,|\")[=+@]", text.Replace("\"\"", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/dashboard/usage/export.csv")]
    [InlineData("/dashboard/usage/export.json")]
    [InlineData("/dashboard/usage")]
    [InlineData("/dashboard/tokens")]
    [InlineData("/dashboard/part")]
    [InlineData("/dashboard")]
    public async Task Nothing_is_shown_to_nobody(string path)
    {
        using var answer = await Gateway.Process.Client.GetAsync(path, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("frame-ancestors 'none'", answer.Header("Content-Security-Policy") ?? "", StringComparison.Ordinal);
        Assert.Contains("Open your balance from the app", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    /// <summary>An operator is not a user, nor a user an operator.</summary>
    [Fact]
    public async Task A_users_cookie_opens_no_page_of_the_operators()
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 1_000);
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(Gateway, user);
        foreach (var path in new[] { "/admin", "/admin/users", "/admin/v1/users" })
        {
            var answer = await tab.Context.APIRequest.GetAsync(new Uri(Gateway.Process.BaseAddress, path).ToString(), new() { MaxRedirects = 0 });
            Assert.NotEqual(200, answer.Status);
            Assert.DoesNotContain(user, await answer.TextAsync(), StringComparison.Ordinal);
        }
    }
}
