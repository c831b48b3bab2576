using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;
using Microsoft.Playwright;

namespace AiGateway.Tests.Browser;

/// <summary>
/// Takes the pictures of the operator's pages: light and dark, wide and on a telephone.
/// <c>dotnet run --project src/AiGateway.Tests -- -explicit only -class AiGateway.Tests.Browser.AdminScreens</c>
/// With AIGATEWAY_SCREENS=folder they go there instead, as PNG; AIGATEWAY_SCREENS_OF=today,users takes those pages alone.
/// </summary>
[Collection(PatientGroup.Name)]
public sealed class AdminScreens(DemoGateway demo, Chromium chromium) : IClassFixture<DemoGateway>
{
    private const int Wide = 1280, Telephone = 390, Quality = 60, Tallest = 1700;

    public static readonly (string Name, string Path)[] Pages =
    [
        ("today", "/admin"), ("users", "/admin/users"), ("user", "/admin/users/demo-heavy"), ("user-suspended", "/admin/users/demo-suspended"), ("keys", "/admin/keys"),
        ("requests", "/admin/requests"), ("request", "/admin/requests/req_demo1300001"), ("requests-free", "/admin/requests?show=free"),
        ("insights", "/admin/insights"), ("connect", "/admin/connect"), ("routes", "/admin/routes?path=/v1/chat/completions"), ("prices", "/admin/prices"),
        ("stripe", "/admin/stripe"), ("audit", "/admin/audit"),
    ];

    [Fact(Explicit = true)]
    public async Task The_operators_pages()
    {
        var only = Environment.GetEnvironmentVariable("AIGATEWAY_SCREENS_OF")?.Split(',');
        foreach (var (dark, width) in new[] { (false, Wide), (true, Wide), (false, Telephone), (true, Telephone) })
        {
            await using var tab = await chromium.OpenAsync(dark, width);
            await tab.OpenAsync(demo.Process, "/admin");
            await TakeAsync(tab, "sign-in", dark, width);
            await tab.SignInAsync(demo.Process);
            foreach (var (name, path) in Pages.Where(page => only?.Contains(page.Name) != false))
            {
                await tab.OpenAsync(demo.Process, path);
                await TakeAsync(tab, name, dark, width);
            }
            if (only is null || only.Contains("done"))
                await DoAsync(tab, dark, width);
        }
    }

    /// <summary>Pages as they are after something was done.</summary>
    private async Task DoAsync(Tab tab, bool dark, int width)
    {
        await tab.OpenAsync(demo.Process, "/admin/connect");
        await tab["#test button"].ClickAsync();
        await tab.ShowsAsync("remaining.");
        await TakeAsync(tab, "connect-sent", dark, width);
        await tab.OpenAsync(demo.Process, "/admin/routes");
        await tab["#check textarea"].FillAsync((await tab["#check textarea"].InputValueAsync()).Replace("\"Metering.Kind\": \"openai.chat\"", "\"Metering.Knd\": \"openai.chat\"", StringComparison.Ordinal));
        await tab["#check form button"].ClickAsync();
        await tab.ShowsAsync("This would be refused");
        await TakeAsync(tab, "routes-refused", dark, width);
        await tab.OpenAsync(demo.Process, "/admin/audit");
        await tab["main header button"].ClickAsync();
        await tab.ShowsAsync("The books balance");
        await TakeAsync(tab, "audit-done", dark, width);
    }

    private static async Task TakeAsync(Tab tab, string name, bool dark, int width)
    {
        await tab.UntilAsync("() => document.fonts.status === 'loaded' && document.readyState === 'complete'", "the page is settled");
        var elsewhere = Environment.GetEnvironmentVariable("AIGATEWAY_SCREENS");
        var folder = Directory.CreateDirectory(elsewhere ?? Path.Combine(RepositoryRoot.Find(), "docs", "screens")).FullName;
        var file = Path.Combine(folder, $"admin-{name}-{(dark ? "dark" : "light")}-{(width == Wide ? "wide" : "phone")}");
        // The lower end of a long list looks like its upper one.
        var height = Math.Min(Tallest, await tab.Page.EvaluateAsync<int>("() => document.documentElement.scrollHeight"));
        var clip = new Clip { X = 0, Y = 0, Width = width, Height = height };
        await tab.Page.ScreenshotAsync(elsewhere is null
            ? new() { Path = file + ".jpg", FullPage = true, Clip = clip, Type = ScreenshotType.Jpeg, Quality = Quality }
            : new() { Path = file + ".png", FullPage = true, Clip = clip });
    }
}
