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
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["OPENAI_BASE_URL"] = "", ["OPENAI_API_KEY"] = "" });
        await gateway.RememberAsync("maya");
        await gateway.BuyAsync("maya", "plan", "annual");
        await gateway.BuyAsync("maya", "pack", "small");
        await gateway.UseAsync("maya", "shot-1", 601_000, 260_563, "blueprint", new { project = "Lighthouse" });
        await gateway.UseAsync("maya", "shot-2", 2_900, 970, "chat");
        await gateway.NewUserAsync("lee", 600_000);
        await gateway.UseAsync("lee", "shot-3", 480_000, 68_800, "refinement");
        await gateway.NewUserAsync("noor", 100_000);
        await gateway.UseAsync("noor", "shot-4", 80_000, 20_000, "refinement");
        await gateway.NewUserAsync("kim", 0);
        foreach (var (name, user, path) in new[]
        {
            ("dashboard", "maya", "/dashboard"), ("dashboard-low", "lee", "/dashboard"), ("dashboard-depleted", "noor", "/dashboard"),
            ("usage", "maya", "/dashboard/usage"), ("usage-empty", "kim", "/dashboard/usage"), ("tokens", "maya", "/dashboard/tokens"),
        })
            await TakeAsync(gateway, name, tab => tab.SignInAsync(gateway, user, path));
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
            await tab.Page.ScreenshotAsync(new() { Path = file, FullPage = true, Type = Microsoft.Playwright.ScreenshotType.Jpeg, Quality = Quality });
        }
    }
}
