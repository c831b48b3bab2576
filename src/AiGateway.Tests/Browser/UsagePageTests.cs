using System.Text.Json;
using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;
using Microsoft.Playwright;

namespace AiGateway.Tests.Browser;

/// <summary>/dashboard/usage: what was used, filtered by the address, and to take home.</summary>
[Collection(PatientGroup.Name)]
public sealed class UsagePageTests(SharedGateway shared, Chromium chromium) : IClassFixture<SharedGateway>
{
    private RunningGateway Gateway => shared.Gateway;

    private async Task<string> UserAsync()
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 100_000);
        for (var at = 0; at < 30; at++)
            await Gateway.UseAsync(user, $"{user} {at}", 1_000 + at, 100, at % 3 == 0 ? "blueprint" : "chat");
        return user;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Filters_stand_in_the_address_with_and_without_a_script(bool script)
    {
        var user = await UserAsync();
        await using var tab = await chromium.OpenAsync(script: script);
        await tab.SignInAsync(Gateway, user, "/dashboard/usage");
        await Assertions.Expect(tab[".head"]).ToContainTextAsync("33,435 tokens in 30 actions");
        await Assertions.Expect(tab["table.moves tbody tr"]).ToHaveCountAsync(25);
        await tab["select[name=action]"].SelectOptionAsync("blueprint");
        if (!script)
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        await Assertions.Expect(tab[".head"]).ToContainTextAsync("11,135 tokens in 10 actions");
        await Assertions.Expect(tab["table.moves tbody tr"]).ToHaveCountAsync(10);
        Assert.Contains("action=blueprint", tab.Page.Url, StringComparison.Ordinal);
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "90 days" }).ClickAsync();
        await Assertions.Expect(tab["table.moves tbody tr"]).ToHaveCountAsync(10);
        if (script)
            await tab.IsFineAsync();
    }

    [Fact]
    public async Task The_list_goes_on_and_every_charge_explains_itself()
    {
        var user = await UserAsync();
        await using var tab = await chromium.OpenAsync(dark: true, width: 390);
        await tab.SignInAsync(Gateway, user, "/dashboard/usage");
        await tab["table.moves summary"].First.ClickAsync();
        await Assertions.Expect(tab["table.moves details[open]"]).ToContainTextAsync("1,029 tokens read + 100 written = 1,129.");
        await Assertions.Expect(tab["table.moves details[open]"]).ToContainTextAsync("Counted by the AI provider itself.");
        await tab.IsFineAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Older" }).ClickAsync();
        // Thirty charges and the grant before them.
        await Assertions.Expect(tab["table.moves tbody tr"]).ToHaveCountAsync(6);
        await Assertions.Expect(tab["table.moves tbody tr"].Last).ToContainTextAsync("+100,000");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Back to the newest" }).ClickAsync();
        await Assertions.Expect(tab["table.moves tbody tr"]).ToHaveCountAsync(25);
    }

    [Fact]
    public async Task The_same_rows_come_as_csv_and_as_json()
    {
        var user = await UserAsync();
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(Gateway, user, "/dashboard/usage");
        await tab["select[name=action]"].SelectOptionAsync("blueprint");
        await Assertions.Expect(tab["table.moves tbody tr"]).ToHaveCountAsync(10);
        var lines = (await DownloadAsync(tab, "Download CSV")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(11, lines.Length);
        Assert.StartsWith("id,user_id,entry,action_type,tokens_used,tokens_remaining", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.Contains($",{user},usage,blueprint,", line, StringComparison.Ordinal));
        using var json = JsonDocument.Parse(await DownloadAsync(tab, "Download JSON"));
        Assert.Equal(11_135, json.RootElement.EnumerateArray().Sum(row => row.GetProperty("tokens_used").GetInt64()));
    }

    [Theory]
    [InlineData("?from=yesterday", "Days are written as 2027-01-31.")]
    [InlineData("?from=2027-02-01&to=2027-01-01", "from must not be after to.")]
    [InlineData("?from=2020-01-01&to=2027-01-01", "from and to must be at most 366 days apart.")]
    [InlineData("?after=nonsense", "This page of the list does not exist any more.")]
    public async Task Filters_that_do_not_work_are_told_and_the_usual_is_shown(string query, string why)
    {
        var user = shared.NextUser();
        await Gateway.NewUserAsync(user, 1_000);
        await using var tab = await chromium.OpenAsync();
        await tab.SignInAsync(Gateway, user, "/dashboard/usage");
        await tab.GoAsync(Gateway, "/dashboard/usage" + query);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync(why);
        await Assertions.Expect(tab["table.moves tbody tr"]).ToHaveCountAsync(1);
        Assert.Empty(await tab.ViolationsAsync());
    }

    private static async Task<string> DownloadAsync(Tab tab, string link)
    {
        var file = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync());
        return await File.ReadAllTextAsync(await file.PathAsync(), TestContext.Current.CancellationToken);
    }
}
