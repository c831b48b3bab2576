using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;
using Microsoft.Playwright;

namespace AiGateway.Tests.Browser;

/// <summary>/widgets/demo: every element in every state.</summary>
[Collection(PatientGroup.Name)]
public sealed class DemoPageTests(SharedGateway shared, Chromium chromium) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 390)]
    public async Task Every_state_is_shown_and_nothing_is_wrong_with_it(bool dark, int width)
    {
        await using var tab = await chromium.OpenAsync(dark, width);
        await tab.GoAsync(shared.Gateway, "/widgets/demo");
        foreach (var text in new[]
        {
            "4.2M", "Low", "No tokens left", "Refills on Mar 12, 2027", "Balance unavailable", "Last seen: 4.2M", "Loading balance",
            "Estimated: 50,000–100,000 tokens. You have 4.2M remaining.", "This leaves you low.", "You do not have enough for this.", "Cost unknown, at most 12,096 tokens.",
            "Used 3,870 tokens • 4.2M remaining", "You're running low.", "That was your last.", "Nothing was charged.",
            "Your blueprint was not done, and nothing was charged.", "Usage cannot be shown right now.", "Used 3,870 tokens • 412K remaining. You're running low.", "about 28 coach chats", "every year", "Nothing is on sale right now.",
        })
            await Assertions.Expect(tab["main"].GetByText(text).Locator("visible=true").First).ToBeVisibleAsync();
        await tab.IsFineAsync();
    }

    [Fact]
    public async Task The_shown_html_is_what_is_copied()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await tab.GoAsync(shared.Gateway, "/widgets/demo");
        await tab["[data-copy=aigateway-balance-low]"].ClickAsync();
        await Assertions.Expect(tab["[data-copy=aigateway-balance-low]"]).ToHaveTextAsync("Copied");
        Assert.Equal("""<aigateway-balance balance="412000" allocation="5000000" status="low"></aigateway-balance>""", await tab.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task Confirming_is_off_where_the_balance_would_not_do()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(shared.Gateway, "/widgets/demo");
        var depleted = tab["aigateway-estimate"].Filter(new() { HasText = "You do not have enough" });
        await Assertions.Expect(depleted.GetByRole(AriaRole.Button, new() { Name = "Use Tokens" })).ToBeDisabledAsync();
        await Assertions.Expect(depleted.GetByRole(AriaRole.Button, new() { Name = "Add tokens" })).ToBeEnabledAsync();
    }
}
