using AiGateway.Routes;
using AiGateway.Tests.ConfigFiles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace AiGateway.Tests.Routes;

public sealed class OpenAiAddressTests
{
    [Theory]
    [InlineData("/v1", "/v1/chat/completions?a=b", "/v1/chat/completions?a=b")]
    [InlineData("/v1/", "/v1/chat/completions", "/v1/chat/completions")]
    [InlineData("", "/v1/chat/completions", "/chat/completions")]
    [InlineData("/openai/v1", "/v1/chat/completions", "/openai/v1/chat/completions")]
    [InlineData("/v1", "/v1/files/a%2Fb%20c", "/v1/files/a%2Fb%20c")]
    public async Task What_goes_up_is_the_base_and_the_callers_path_without_its_v1(string basePath, string path, string expected)
    {
        await using var upstream = Upstream();
        await upstream.StartAsync(TestContext.Current.CancellationToken);
        var options = new RoutesOptions { Path = Shipped.Path("routes.json"), OpenAiBaseUrl = upstream.Urls.First() + basePath };
        await using var gateway = await RoutesGateway.Start(options, forwards: true);

        using var answer = await gateway.Client.PostAsync(path, content: null, TestContext.Current.CancellationToken);

        Assert.Equal(expected, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_route_with_a_path_transform_of_its_own_keeps_it()
    {
        await using var gateway = await RoutesGateway.Start(RoutesJson.Options("""
            { "ReverseProxy": {
              "Routes": { "one": { "ClusterId": "openai", "Match": { "Path": "/v1/{**rest}" }, "Transforms": [ { "PathSet": "/set" } ], "Metadata": { "Metering.Kind": "none" } } },
              "Clusters": { "openai": { "Destinations": { "d": { "Address": "https://example.com/v1" } } } } } }
            """, out var file));
        using var edited = file;

        var transform = Assert.Single(Assert.Single(gateway.Routes.GetConfig().Routes).Transforms ?? []);
        Assert.Equal("/set", transform["PathSet"]);
    }

    private static WebApplication Upstream()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsync(new Uri(context.Request.GetEncodedUrl()).PathAndQuery));
        return app;
    }
}
