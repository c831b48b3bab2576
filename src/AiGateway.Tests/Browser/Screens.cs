using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Browser;

/// <summary>
/// Takes the pictures of docs/screens: every page, light and dark, wide and on a telephone.
/// <c>dotnet run --project src/AiGateway.Tests -- -explicit only -class AiGateway.Tests.Browser.Screens</c>
/// </summary>
[Collection(EndToEndGroup.Name)]
public sealed class Screens(Chromium chromium)
{
    private const int Wide = 1280, Telephone = 390, Quality = 82;

    /// <summary>Nothing moves any more: pictures of one page are alike.</summary>
    private const string Settled = "() => document.fonts.status === 'loaded' && document.readyState === 'complete'";

    [Fact(Explicit = true)]
    public async Task The_users_pages()
    {
        await using var gateway = await RunningGateway.StartAsync(People.Demo);
        foreach (var (name, user, path) in new[]
        {
            ("dashboard", "demo-user", "/dashboard"), ("dashboard-gifts", "demo-ivy", "/dashboard"), ("dashboard-low", "demo-low", "/dashboard"),
            ("dashboard-depleted", "demo-depleted", "/dashboard"), ("usage", "demo-user", "/dashboard/usage"), ("usage-empty", "demo-empty", "/dashboard/usage"),
            ("tokens", "demo-user", "/dashboard/tokens"),
        })
            await TakeAsync(gateway, name, tab => tab.SignInAsync(gateway, user, path));
        await TakeAsync(gateway, "widgets", tab => tab.GoAsync(gateway, "/widgets/demo"));
        foreach (var dialog in new[] { "estimate", "toast", "low", "refused" })
            await TakeAsync(gateway, "widget-" + dialog, async tab =>
            {
                await tab.GoAsync(gateway, "/widgets/demo");
                await tab[$"[data-try={dialog}]"].ClickAsync();
            });
        await TakeAsync(gateway, "landing", tab => tab.GoAsync(gateway, "/"));
        await TakeAsync(gateway, "signed-out", tab => tab.GoAsync(gateway, "/dashboard"));
    }

    /// <summary>A page as it stands after <paramref name="goAsync"/>, four times.</summary>
    private async Task TakeAsync(RunningGateway gateway, string name, Func<Tab, Task> goAsync)
    {
        var folder = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Find(), "docs", "screens")).FullName;
        foreach (var (dark, width) in new[] { (false, Wide), (true, Wide), (false, Telephone), (true, Telephone) })
        {
            await using var tab = await chromium.OpenAsync(dark, width);
            await goAsync(tab);
            await tab.UntilAsync(Settled, "the page is settled");
            var file = Path.Combine(folder, $"{name}-{(dark ? "dark" : "light")}-{(width == Wide ? "wide" : "phone")}.jpg");
            await tab.Page.ScreenshotAsync(new() { Path = file, FullPage = !await tab["dialog[open]"].First.IsVisibleAsync(), Type = Microsoft.Playwright.ScreenshotType.Jpeg, Quality = Quality });
        }
    }
}
