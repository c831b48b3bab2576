using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;
using Microsoft.Playwright;

namespace AiGateway.Tests.Browser;

/// <summary>
/// Takes the pictures of docs/screens: every page of a user's and every state of the widgets, light and dark, wide and on a telephone.
/// <c>dotnet run --project src/AiGateway.Tests -- -explicit only -class AiGateway.Tests.Browser.Screens</c>
/// </summary>
[Collection(PatientGroup.Name)]
public sealed class Screens(Chromium chromium)
{
    private const int Wide = 1280, Telephone = 390, PageHeight = 860, DialogHeight = 520, Quality = 45;

    /// <summary>Nothing moves any more: pictures of one page are alike.</summary>
    private const string Settled = "() => document.fonts.status === 'loaded' && document.readyState === 'complete'";

    /// <summary>Long lists and the widgets' HTML are left out: the pictures lie in the repository.</summary>
    private const string Shorten = "() => document.querySelectorAll('table.moves tbody tr:nth-child(n+9), .sample pre').forEach(node => node.remove())";

    [Fact(Explicit = true)]
    public async Task The_users_pages()
    {
        await using var gateway = await RunningGateway.StartAsync(People.Demo);
        foreach (var (name, user, path) in new[]
        {
            ("dashboard", "demo-user", "/dashboard"), ("dashboard-gifts", "demo-ivy", "/dashboard"), ("dashboard-low", "demo-low", "/dashboard"),
            ("dashboard-depleted", "demo-depleted", "/dashboard"), ("dashboard-new", "demo-empty", "/dashboard"), ("usage-empty", "demo-empty", "/dashboard/usage"),
            ("tokens", "demo-user", "/dashboard/tokens"),
        })
            await TakeAsync(name, tab => tab.SignInAsync(gateway, user, path));
        await TakeAsync("usage", async tab =>
        {
            await tab.SignInAsync(gateway, "demo-user", "/dashboard/usage");
            await tab["table.moves summary"].Nth(1).ClickAsync();
        });
        foreach (var (name, button) in new[] { ("checkout", ""), ("checkout-processing", "Pay later"), ("checkout-failed", "Fail"), ("checkout-confirmed", "Pay") })
            await TakeAsync(name, tab => BuyAsync(tab, gateway, button));
        await TakeAsync("widgets", tab => tab.GoAsync(gateway, "/widgets/demo"));
        foreach (var dialog in new[] { "estimate", "toast", "low", "refused" })
            await TakeAsync("widget-" + dialog, async tab =>
            {
                await tab.GoAsync(gateway, "/widgets/demo");
                await tab[$"[data-try={dialog}]"].ClickAsync();
            }, isWhole: false);
        await TakeAsync("landing", tab => tab.GoAsync(gateway, "/"));
        await TakeAsync("signed-out", tab => tab.GoAsync(gateway, "/dashboard"));
    }

    private static async Task BuyAsync(Tab tab, RunningGateway gateway, string button)
    {
        await tab.SignInAsync(gateway, "demo-ivy", "/dashboard/tokens");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Buy 100,000 tokens" }).ClickAsync();
        await Assertions.Expect(tab["h1"]).ToHaveTextAsync("Demo checkout");
        if (button.Length == 0)
            return;
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await Assertions.Expect(tab["h1"]).ToHaveTextAsync(button switch { "Pay" => "Confirmed", "Fail" => "Not paid", _ => "Still processing" });
    }

    /// <summary>A page as it stands after <paramref name="goAsync"/>, four times.</summary>
    /// <param name="isWhole">Down to its end; a page under a dialog never is.</param>
    private async Task TakeAsync(string name, Func<Tab, Task> goAsync, bool isWhole = true)
    {
        var folder = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Find(), "docs", "screens")).FullName;
        foreach (var (dark, width) in new[] { (false, Wide), (true, Wide), (false, Telephone), (true, Telephone) })
        {
            await using var tab = await chromium.OpenAsync(dark, width, isWhole ? PageHeight : DialogHeight);
            await goAsync(tab);
            await tab.UntilAsync(Settled, "the page is settled");
            await tab.Page.EvaluateAsync(Shorten);
            await tab.Page.ScreenshotAsync(new()
            {
                Path = Path.Combine(folder, $"{name}-{(dark ? "dark" : "light")}-{(width == Wide ? "wide" : "phone")}.jpg"), Type = ScreenshotType.Jpeg, Quality = Quality,
                FullPage = isWhole && !await tab["dialog[open]"].First.IsVisibleAsync(),
            });
        }
    }
}
