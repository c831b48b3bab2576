using System.Collections.Concurrent;
using System.Text.Json;
using AiGateway.Tests.Support;
using Microsoft.Playwright;

namespace AiGateway.Tests.Browser;

/// <summary>One tab, which remembers everything that its console complained of.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private const string AxeFolder = "src/AiGateway.Tests/EndToEnd/node", AxePackage = "axe-core";

    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> complaints = new();

    public Tab(IBrowserContext context, IPage page)
    {
        (this.context, Page) = (context, page);
        page.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning")
                complaints.Enqueue($"{said.Text} ({said.Location})");
        };
        page.PageError += (_, error) => complaints.Enqueue(error);
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console so far, those of the content security policy included.</summary>
    public IReadOnlyCollection<string> Complaints => complaints;

    public IBrowserContext Context => context;

    public ILocator this[string selector] => Page.Locator(selector);

    public Task GoAsync(Uri address) => Page.GotoAsync(address.ToString());

    /// <summary>No complaint, and no violation of WCAG 2.2 AA or of axe's good practice, in this page as it stands.</summary>
    public async Task IsFineAsync()
    {
        Assert.Empty(Complaints);
        Assert.Empty(await ViolationsAsync());
    }

    /// <summary>What axe finds, a line each. A visible skip where axe is not installed.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync()
    {
        var folder = NodePackages.Require(AxeFolder, AxePackage);
        var axe = await File.ReadAllTextAsync(Path.Combine(folder, "node_modules", AxePackage, "axe.min.js"), TestContext.Current.CancellationToken);
        // Through the debugger's door, which no policy of the page closes.
        await Page.EvaluateAsync(axe + "\n;undefined");
        var found = await Page.EvaluateAsync<JsonElement>(
            "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary}`))");
        return [.. found.EnumerateArray().Select(line => line.GetString() ?? "")];
    }

    /// <summary>Waits until something on the page holds; never for a time.</summary>
    public Task UntilAsync(string script, string what) => Eventually.TrueAsync(() => Page.EvaluateAsync<bool>(script), what);

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
