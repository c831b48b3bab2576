using AiGateway.Pipeline.Forwarding;
using AiGateway.Routes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Model;

namespace AiGateway.Tests.Routes;

/// <summary>A host with nothing but the routes: YARP's own matching, answering with the route's id, or really forwarding.</summary>
internal sealed class RoutesGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RoutesGateway(WebApplication app) => _app = app;

    public RoutesFile Routes => _app.Services.GetRequiredService<RoutesFile>();

    public HttpClient Client => _app.GetTestClient();

    public static async Task<RoutesGateway> Start(RoutesOptions options, bool forwards = false)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddRoutes(_ => options).AddPolicies();
        var app = builder.Build();
        app.MapReverseProxy(proxy =>
        {
            if (!forwards) proxy.Run(context => context.Response.WriteAsync(context.GetReverseProxyFeature().Route.Config.RouteId));
        });
        await app.StartAsync();
        return new RoutesGateway(app);
    }

    /// <summary>The id of the route that takes a call; null: none (404, or 405 where only the method is wrong).</summary>
    public async Task<string?> RouteOf(string method, string path)
    {
        using var answer = await Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : null;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
