using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;
using Microsoft.Playwright;

namespace AiGateway.Tests.Browser;

/// <summary>An end user, from the app's link to what he sees and buys.</summary>
[Collection(PatientGroup.Name)]
public sealed class DashboardTests(SharedGateway shared, Chromium chromium) : IClassFixture<SharedGateway>
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RunningGateway Gateway => shared.Gateway;

    [Fact]
    public async Task The_balance_changes_after_a_call_without_reloading()
    {
        var user = shared.NextUser();
        var key = await Gateway.NewUserAsync(user, 100_000);
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(Gateway, user);
        await Assertions.Expect(tab[".exact"]).ToHaveTextAsync("100,000 tokens remaining");
        await tab.Page.EvaluateAsync("() => window.isSamePage = true");
        using var answer = await Gateway.Caller(key).ChatAsync(Ask);
        await Assertions.Expect(tab[".exact"]).ToHaveTextAsync("99,971 tokens remaining");
        await Assertions.Expect(tab["tbody tr"].First).ToContainTextAsync("Coach chat");
        await Assertions.Expect(tab["#said"]).ToHaveTextAsync("99,971 tokens remaining, 99% of your allocation");
        Assert.True(await tab.Page.EvaluateAsync<bool>("() => window.isSamePage"));
        await tab.IsFineAsync();
    }

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 390)]
    public async Task A_low_balance_is_said_in_a_word_with_a_way_out(bool dark, int width)
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 100_000);
        await Gateway.UseAsync(user, user, 92_000, 0);
        await using var tab = await chromium.OpenAsync(dark, width);
        await tab.SignInAsync(Gateway, user);
        await Assertions.Expect(tab[".balance .badge"]).ToHaveTextAsync("Low");
        await Assertions.Expect(tab.Page.GetByText("You're running low.")).ToBeVisibleAsync();
        await tab.IsFineAsync();
        await tab[".notice a.button"].ClickAsync();
        Assert.EndsWith("/dashboard/tokens", tab.Page.Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 390)]
    public async Task A_balance_that_is_used_up_opens_a_dialog_once_a_visit(bool dark, int width)
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 1_000);
        await Gateway.UseAsync(user, user, 1_000, 0);
        await using var tab = await chromium.OpenAsync(dark, width);
        await tab.SignInAsync(Gateway, user);
        var dialog = tab.Page.GetByRole(AriaRole.Dialog, new() { Name = "You've used all your tokens" });
        await Assertions.Expect(dialog).ToBeVisibleAsync();
        await tab.IsFineAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Not now" }).ClickAsync();
        await Assertions.Expect(dialog).ToBeHiddenAsync();
        await Assertions.Expect(tab[".balance .badge"]).ToHaveTextAsync("No tokens left");
        await tab.IsFineAsync();
        await tab.Page.ReloadAsync();
        await Assertions.Expect(tab[".balance .badge"]).ToHaveTextAsync("No tokens left");
        await Assertions.Expect(dialog).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_new_user_is_welcomed_and_not_told_that_he_used_everything_up()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(Gateway, shared.NextUser());
        await Assertions.Expect(tab.Page.GetByText("Welcome.")).ToBeVisibleAsync();
        await Assertions.Expect(tab[".exact"]).ToHaveTextAsync("0 tokens remaining");
        Assert.Equal(0, await tab["dialog"].CountAsync());
        await tab.IsFineAsync();
    }

    [Fact]
    public async Task What_is_empty_says_so()
    {
        await using var tab = await chromium.OpenAsync(dark: true, width: 390);
        await tab.SignInAsync(Gateway, shared.NextUser(), "/dashboard/usage");
        await Assertions.Expect(tab["main"]).ToContainTextAsync("Nothing moved in these days.");
        await tab.IsFineAsync();
        await tab.GoAsync(Gateway, "/dashboard/tokens");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Open receipts" }).ClickAsync();
        await Assertions.Expect(tab["h1"]).ToHaveTextAsync("No receipts yet");
        await tab.IsFineAsync();
    }

    [Fact]
    public async Task A_pack_that_is_bought_in_the_demo_checkout_arrives_by_itself()
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 5_000);
        await using var open = await chromium.OpenAsync();
        await using var tab = await chromium.OpenAsync();
        await open.SignInAsync(Gateway, user);
        foreach (var tokens in new[] { "105,000", "205,000" })
        {
            await tab.SignInAsync(Gateway, user, "/dashboard/tokens");
            await tab.IsFineAsync();
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Buy 100,000 tokens" }).ClickAsync();
            await Assertions.Expect(tab["h1"]).ToHaveTextAsync("Demo checkout");
            await tab.IsFineAsync();
            var paid = TimeProvider.System.GetTimestamp();
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Pay", Exact = true }).ClickAsync();
            await Assertions.Expect(tab["h1"]).ToHaveTextAsync("Confirmed");
            var confirmed = TimeProvider.System.GetElapsedTime(paid);
            await Assertions.Expect(open[".exact"]).ToHaveTextAsync(tokens + " tokens remaining");
            // A figure to look at; a busy machine must not fail the test.
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"Confirmed {confirmed.TotalMilliseconds:0} ms after Pay; on a page that was open all the time after {TimeProvider.System.GetElapsedTime(paid).TotalMilliseconds:0} ms.");
            await tab.IsFineAsync();
        }
        await tab["a.button"].ClickAsync();
        await Assertions.Expect(tab[".exact"]).ToHaveTextAsync("205,000 tokens remaining");
        await Assertions.Expect(tab[".sources"]).ToContainTextAsync("Purchased");
    }

    [Fact]
    public async Task A_payment_that_fails_or_waits_is_told_as_it_is()
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 0);
        await using var tab = await chromium.OpenAsync(dark: true, width: 390);
        foreach (var (button, title) in new[] { ("Fail", "Not paid"), ("Pay later", "Still processing") })
        {
            await tab.SignInAsync(Gateway, user, "/dashboard/tokens");
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Choose Monthly" }).ClickAsync();
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
            await Assertions.Expect(tab["h1"]).ToHaveTextAsync(title);
            await tab.IsFineAsync();
        }
        Assert.Equal(0, await Gateway.Admin.TokensOfAsync(user));
    }

    [Fact]
    public async Task Signing_out_ends_what_the_browser_knows()
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 1_000);
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(Gateway, user);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(tab["h1"]).ToHaveTextAsync("You are signed out");
        await tab.GoAsync(Gateway, "/dashboard/usage");
        await Assertions.Expect(tab["h1"]).ToHaveTextAsync("Open your balance from the app");
        Assert.Single(tab.Complaints, said => said.Contains("401", StringComparison.Ordinal));
        Assert.Empty(await tab.ViolationsAsync());
    }
}
