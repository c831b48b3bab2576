using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Browser;

/// <summary>What an operator does at his browser, on the gateway of a fresh clone.</summary>
[Collection(PatientGroup.Name)]
public sealed class OperatorTests(DemoGateway demo, Chromium chromium) : IClassFixture<DemoGateway>
{
    /// <summary>By how much the page is wider than its window.</summary>
    private const string Overflow = "() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth)";

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
            Assert.Equal(0, await tab.Page.EvaluateAsync<int>(Overflow));
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
    public async Task An_edit_of_the_routes_is_checked_with_its_line_and_changes_nothing()
    {
        var before = await demo.Admin.GetAsync("routes");
        await using var tab = await chromium.OpenAsync(width: 390);
        await tab.SignInAsync(demo.Process, "/admin/routes");
        var content = await tab["#check textarea"].InputValueAsync();
        Assert.Contains("\"chat-completions\"", content);
        await tab["#check textarea"].FillAsync(content.Replace("\"Metering.Kind\": \"openai.chat\"", "\"Metering.Knd\": \"openai.chat\"", StringComparison.Ordinal));
        await tab["#check form button"].ClickAsync();
        await tab.ShowsAsync("This would be refused");
        var line = 1 + content[..content.IndexOf("\"Metering.Kind\": \"openai.chat\"", StringComparison.Ordinal)].Count(character => character == '\n');
        await tab.ShowsAsync($"Line {line}, column");
        await tab.ShowsAsync("did you mean");
        await tab.IsFineAsync();
        Assert.Equal(0, await tab.Page.EvaluateAsync<int>(Overflow));
        await tab["#check textarea"].FillAsync(content);
        await tab["#check form button"].ClickAsync();
        await tab.ShowsAsync("This would be taken.");
        Assert.Equal(before.ToString(), (await demo.Admin.GetAsync("routes")).ToString());
    }

    [Fact]
    public async Task A_bad_edit_of_the_file_is_shown_with_its_line_on_the_first_page_and_on_its_own()
    {
        var file = Path.Combine(demo.Folder, "config", "prices.json");
        var good = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(demo.Process);
        try
        {
            await File.WriteAllTextAsync(file, good.Replace("\"ceiling\"", "\"cieling\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(async () => { await tab.OpenAsync(demo.Process, "/admin"); return await tab.Page.GetByText("An edit of prices.json was refused.").CountAsync() > 0; }, "the banner is there");
            await tab.OpenAsync(demo.Process, "/admin/prices");
            await tab.ShowsAsync("The last edit of prices.json was refused.");
            await tab.ShowsAsync("did you mean");
            await tab.IsFineAsync();
        }
        finally
        {
            await File.WriteAllTextAsync(file, good, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_test_call_is_answered_charged_and_followed_to_its_row()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(demo.Process, "/admin/connect");
        Assert.Contains($"{demo.Process.BaseAddress}v1", await tab["#base-url"].InnerTextAsync());
        await tab["#test input[name=user]"].FillAsync("demo-ada");
        await tab["#test form button"].ClickAsync();
        await tab.ShowsAsync("remaining.");
        await tab.IsFineAsync();
        await tab.Page.GetByText("From hold to charge").ClickAsync();
        await tab.ShowsAsync("tokens held");
        await tab.ShowsAsync("1M tokens");
        await tab.IsFineAsync();
        Assert.Equal(0, demo.Table.Number("SELECT count(*) FROM api_keys WHERE name = 'test call' AND revoked_at IS NULL"));
    }

    [Fact]
    public async Task A_payment_of_a_stranger_is_linked_and_its_tokens_arrive()
    {
        await Eventually.TrueAsync(async () => (await demo.Admin.PageAsync("stripe/events?state=parked")).Count == 1, "one event is parked");
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(demo.Process);
        await tab.Page.GetByText("See events").ClickAsync();
        await tab["input[name=user]"].FillAsync("demo-empty");
        await tab.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Link" }).ClickAsync();
        await tab.ShowsAsync("The customer is linked");
        await tab.IsFineAsync();
        await Eventually.TrueAsync(async () => await demo.Admin.TokensOfAsync("demo-empty") == 600_000, "the plan's tokens are there");
    }

    [Fact]
    public async Task The_books_are_checked_and_a_broken_row_is_named()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(demo.Process, "/admin/audit");
        await tab["main header button"].ClickAsync();
        await tab.ShowsAsync("The books balance");
        await tab.IsFineAsync();
        demo.Table.Run("UPDATE accounts SET held = held + 7 WHERE user_id = 'demo-finn'");
        try
        {
            await tab["main header button"].ClickAsync();
            await tab.ShowsAsync("The books do not balance");
            await tab.ShowsAsync("held is the sum of the open holds");
            await tab.IsFineAsync();
            await tab.OpenAsync(demo.Process, "/admin");
            await tab.ShowsAsync("The books do not balance.");
        }
        finally
        {
            demo.Table.Run("UPDATE accounts SET held = held - 7 WHERE user_id = 'demo-finn'");
        }
    }

    [Fact]
    public async Task A_power_user_is_offered_more_and_a_key_is_shown_once()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(demo.Process, "/admin/insights");
        await tab.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Offer more to demo-low" }).ClickAsync();
        await tab.ShowsAsync("Here is the offer");
        Assert.Contains("/demo/checkout/pur_", await tab["#offer-link"].InnerTextAsync());
        await tab.IsFineAsync();
        await tab.OpenAsync(demo.Process, "/admin/keys");
        await tab["input[name=name]"].FillAsync("storefront");
        await tab.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Make an app key" }).ClickAsync();
        Assert.StartsWith("agw_app_", await tab["#made-key"].InnerTextAsync());
        await tab.IsFineAsync();
        await tab.Page.GetByText("I have kept it").ClickAsync();
        await tab.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Revoke storefront" }).ClickAsync();
        await tab.ShowsAsync("The key is revoked");
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
