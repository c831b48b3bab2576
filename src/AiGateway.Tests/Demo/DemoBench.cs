using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiGateway.Demo;
using AiGateway.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AiGateway.Tests.Demo;

/// <summary>A started demo provider and a client that has its key.</summary>
internal sealed class DemoBench : IAsyncDisposable
{
    public const string Key = "sk-demo-0123456789";

    private DemoBench(DemoProvider provider)
    {
        Provider = provider;
        Client = new HttpClient { BaseAddress = new Uri(provider.BaseUrl.Replace("/v1", "/", StringComparison.Ordinal)) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public DemoProvider Provider { get; }

    public HttpClient Client { get; }

    public static async Task<DemoBench> StartAsync(TimeProvider? time = null)
    {
        var provider = new DemoProvider(Key, time ?? TimeProvider.System, NullLoggerFactory.Instance);
        await provider.StartAsync(TestContext.Current.CancellationToken);
        return new(provider);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") },
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);

    public async Task<JsonElement> JsonAsync(string path, string json)
    {
        using var answer = await PostAsync(path, json);
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {(int)answer.StatusCode}");
        return await answer.JsonAsync();
    }

    /// <summary>The data of every event; [DONE] stays as it is.</summary>
    public async Task<List<string>> EventsAsync(string path, string json)
    {
        using var answer = await PostAsync(path, json);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var text = Encoding.UTF8.GetString(await answer.BytesAsync());
        return text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line["data: ".Length..].TrimEnd('\r')).ToList();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Provider.StopAsync(CancellationToken.None);
        await Provider.DisposeAsync();
    }
}
