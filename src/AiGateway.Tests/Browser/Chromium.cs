using AiGateway.Tests.Browser;
using AiGateway.Tests.Support;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace AiGateway.Tests.Browser;

/// <summary>
/// One real browser for all tests that want one, started by the first of them. A test class takes it as a constructor parameter and opens
/// tabs of it; where no Chromium is installed its tests skip visibly.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Variable = "AIGATEWAY_CHROMIUM";
    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private readonly SemaphoreSlim starting = new(1, 1);
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Its program; null: none is installed.</summary>
    private static string? Program => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => Programs, Path.Combine).FirstOrDefault(File.Exists);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A tab without cookies or memory of other tabs.</summary>
    /// <param name="width">390 is a telephone.</param>
    internal async Task<Tab> OpenAsync(bool dark = false, int width = 1280, int height = 860, bool script = true)
    {
        Assert.SkipUnless(Program is not null, $"No Chromium is installed: `apt-get install chromium`, or name its program in {Variable}.");
        var context = await (await StartedAsync()).NewContextAsync(new()
        {
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, ViewportSize = new() { Width = width, Height = height },
            JavaScriptEnabled = script, Locale = "en-US", TimezoneId = "UTC", ReducedMotion = ReducedMotion.Reduce, AcceptDownloads = true,
        });
        Assertions.SetDefaultExpectTimeout((float)Eventually.Bound.TotalMilliseconds);
        context.SetDefaultTimeout((float)Eventually.Bound.TotalMilliseconds);
        return new Tab(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        starting.Dispose();
    }

    private async Task<IBrowser> StartedAsync()
    {
        await starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            playwright ??= await Playwright.CreateAsync();
            // The sandbox needs rights that a container does not give; only pages of our own are opened.
            return browser ??= await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-gpu"] });
        }
        finally
        {
            starting.Release();
        }
    }
}
