using System.Collections.Concurrent;
using AiGateway.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Tests.Browser;

/// <summary>
/// Somebody's app on an origin of its own: its page has the widgets, its server has the app key and makes the calls. Its policy is strict:
/// scripts of its own and of the gateway's, and nothing inline.
/// </summary>
internal sealed class AppSite : IAsyncDisposable
{
    private readonly WebApplication app;

    private AppSite(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    public string Origin => Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Set before the page is opened.</summary>
    public RunningGateway? Gateway { get; set; }

    public string User { get; set; } = "anna";

    /// <summary>What stands in the page's head as the token; null: a good one.</summary>
    public string? TokenInPage { get; set; }

    /// <summary>What the page's body holds.</summary>
    public string Body { get; set; } = "";

    /// <summary>A second script of the page's, at <c>/more.js</c>.</summary>
    public string MoreScript { get; set; } = "";

    /// <summary>Everything that the site sent to the browser.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    public static async Task<AppSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var site = new AppSite(builder.Build());
        site.app.MapGet("/", site.PageAsync);
        site.app.MapGet("/app.js", (HttpContext http) => site.SendAsync(http, Script(site.Running.Process.BaseAddress), "text/javascript"));
        site.app.MapGet("/more.js", (HttpContext http) => site.SendAsync(http, site.MoreScript, "text/javascript"));
        site.app.MapGet("/token", async (HttpContext http) => await site.SendAsync(http, (await site.Running.PortalAsync(site.User)).Token, "text/plain"));
        site.app.MapPost("/chat", site.ChatAsync);
        site.app.MapPost("/my/chat", site.ChatAsync);
        await site.app.StartAsync();
        return site;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private RunningGateway Running => Gateway ?? throw new InvalidOperationException("The site knows no gateway yet.");

    private async Task PageAsync(HttpContext http)
    {
        var gateway = Running.Process.BaseAddress.GetLeftPart(UriPartial.Authority);
        var token = TokenInPage ?? (await Running.PortalAsync(User)).Token;
        http.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' {gateway}; connect-src 'self' {gateway}; frame-src {gateway}; form-action {gateway}; img-src 'self' data:";
        await SendAsync(http, $"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>An app</title><link rel="icon" href="data:,"><meta name="aigateway-token" content="{token}">
            <script type="module" src="/app.js"></script></head><body><main><h1>An app</h1>{Body}<button id="call">Call</button><p id="said" role="status"></p></main></body></html>
            """, "text/html");
    }

    /// <summary>What the app's own script does: it calls its own server, and gives the answer to the widgets.</summary>
    private static string Script(Uri gateway) => $$"""
        import { configure, apply, formatTokens } from "{{gateway}}widgets/aigateway.js";
        globalThis.formatTokens = formatTokens;
        configure({ getToken: async () => (await fetch("/token")).text() });
        document.getElementById("call").addEventListener("click", async () => {
          const estimate = document.querySelector("aigateway-estimate");
          if (estimate && !(await estimate.ask({ action: "chat" }))) return (document.getElementById("said").textContent = "not called");
          const answer = apply(await fetch("/chat", { method: "POST" }), { what: "Your chat" });
          document.getElementById("said").textContent = `called: ${answer.status}`;
        });
        """;

    /// <summary>The app's server: the key is here, and the gateway's own headers go on to the page.</summary>
    private async Task ChatAsync(HttpContext http)
    {
        var caller = Running.Caller(await Running.AppAsync());
        using var request = caller.Request(HttpMethod.Post, CallerClient.ChatPath, """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""");
        request.Headers.Add("X-AiGateway-User", User);
        using var answer = await caller.SendAsync(request, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Where(header => header.Key.StartsWith("X-AiGateway-", StringComparison.OrdinalIgnoreCase)))
            http.Response.Headers[name] = values.ToArray();
        await SendAsync(http, await answer.Content.ReadAsStringAsync(http.RequestAborted), "application/json");
    }

    private Task SendAsync(HttpContext http, string text, string type)
    {
        Sent.Enqueue(text);
        http.Response.ContentType = type + "; charset=utf-8";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }
}
