using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Browser;

/// <summary>What an operator does at his browser, on the gateway of a fresh clone.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class OperatorTests(DemoGateway demo, Chromium chromium) : IClassFixture<DemoGateway>
{
    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 390)]
    public async Task Every_page_of_the_operators_is_fine(bool dark, int width)
    {
        await using var tab = await chromium.OpenAsync(dark, width);
        await tab.OpenAsync(demo.Process, "/admin");
        await tab.IsFineAsync();
        await tab.SignInAsync(demo.Process);
        foreach (var (name, path) in AdminScreens.Pages)
        {
            await tab.OpenAsync(demo.Process, path);
            Assert.Empty(tab.Complaints);
            Assert.True(await tab.ViolationsAsync() is { Count: 0 }, $"{name}: {string.Join('\n', await tab.ViolationsAsync())}");
            Assert.Equal(0, await tab.Page.EvaluateAsync<int>("() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth)"));
        }
    }

    [Fact]
    public async Task Tokens_are_granted_once_and_the_ledger_says_why()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(demo.Process, "/admin/users/demo-ivy");
        var before = await demo.Admin.TokensOfAsync("demo-ivy");
        await tab["#grant input[name=tokens]"].First.FillAsync("12,500");
        await tab["#grant input[name=reason]"].First.FillAsync("<b>sorry</b> for the outage");
        await tab["#grant form:first-of-type button"].First.ClickAsync();
        await tab.ShowsAsync("The tokens are granted.");
        Assert.Equal(before + 12_500, await demo.Admin.TokensOfAsync("demo-ivy"));
        await tab.ShowsAsync("<b>sorry</b> for the outage");
        await tab.Page.GoBackAsync();
        await tab["#grant input[name=tokens]"].First.FillAsync("12500");
        await tab.IsFineAsync();
        Assert.Equal(1, demo.Table.Number("SELECT count(*) FROM token_transactions WHERE source_key LIKE 'page:%' AND user_id = 'demo-ivy'"));
    }

    [Fact]
    public async Task A_suspended_users_calls_are_refused_until_he_is_resumed()
    {
        var key = await demo.Admin.CreateKeyAsync("user", "demo-grace");
        var caller = new CallerClient(demo.Process.Client, key.Secret);
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(demo.Process, "/admin/users/demo-grace");
        await tab.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        await tab.ShowsAsync("The user is suspended.");
        const string hello = """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}""";
        using (var refused = await caller.ChatAsync(hello, TestContext.Current.CancellationToken))
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, refused.StatusCode);
        await tab.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await tab.ShowsAsync("The user can call again.");
        using var answered = await caller.ChatAsync(hello, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task Without_a_script_all_of_it_works_as_well()
    {
        await using var tab = await chromium.OpenAsync(script: false);
        await tab.SignInAsync(demo.Process, "/admin/users?q=DARA");
        await tab["main table a"].First.ClickAsync();
        await tab["#grant input[name=tokens]"].First.FillAsync("7");
        await tab["#grant form:first-of-type button"].First.ClickAsync();
        await tab.ShowsAsync("The tokens are granted.");
        await tab["header.top button"].ClickAsync();
        Assert.Equal("/admin/sign-in", new Uri(tab.Page.Url).AbsolutePath);
    }
}
