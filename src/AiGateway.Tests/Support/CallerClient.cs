using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace AiGateway.Tests.Support;

internal sealed record PortalAnswer(string Token, string Url, DateTimeOffset ExpiresAt);

/// <summary>An application that calls through the gateway: the proxied paths and /gateway/v1, with one credential.</summary>
internal sealed class CallerClient(HttpClient http, string key)
{
    public const string ChatPath = "/v1/chat/completions";

    public HttpRequestMessage Request(HttpMethod method, string path, string? json = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (json is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new("application/json") } };
        return request;
    }

    /// <summary>Ends when the answer's headers are there; its body is still to be read.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken? cancel = null) =>
        http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel ?? TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> ChatAsync(string json, CancellationToken? cancel = null) => SendAsync(Request(HttpMethod.Post, ChatPath, json), cancel);

    public Task<JsonElement> BalanceAsync() => GetAsync("balance");

    public Task<JsonElement> TransactionsAsync() => GetAsync("transactions");

    public Task<JsonElement> RequestAsync(string requestId) => GetAsync($"requests/{requestId}");

    /// <summary>Needs an app key.</summary>
    public async Task<PortalAnswer> OpenPortalAsync(string userId)
    {
        using var answer = await SendAsync(Request(HttpMethod.Post, "/gateway/v1/portal-sessions", JsonSerializer.Serialize(new { user_id = userId })));
        Assert.True(answer.IsSuccessStatusCode, $"portal-sessions answered {(int)answer.StatusCode}");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var session = json.RootElement;
        return new(session.GetProperty("token").GetString() ?? "", session.GetProperty("url").GetString() ?? "", session.GetProperty("expires_at").GetDateTimeOffset());
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await SendAsync(Request(HttpMethod.Get, "/gateway/v1/" + path));
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"GET {path} answered {(int)answer.StatusCode}: {text}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
