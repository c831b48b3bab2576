using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiGateway.Accounts;
using AiGateway.Pages.Texts;
using Microsoft.AspNetCore.Connections.Features;

namespace AiGateway.Pages.Admin;

/// <summary>What came of a test call.</summary>
/// <param name="Status">0: there was no answer.</param>
/// <param name="Answer">What the model said, or the body as it came.</param>
internal sealed record TestResult(int Status, long Milliseconds, string? RequestId, string? TokensUsed, string? TokensRemaining, string Answer)
{
    public bool IsFine => Status is >= 200 and < 300;
}

/// <summary>
/// Sends one call the way an app would: over HTTP to this gateway's own address, with an app key that is made for it and revoked afterwards.
/// It is held, forwarded and charged like any other.
/// </summary>
internal sealed class TestCall(KeyStore keys, TimeProvider time) : IDisposable
{
    private const int MostShown = 2_000, LongestAnswer = 60;
    private static readonly TimeSpan KeyLife = TimeSpan.FromMinutes(5);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(60) };

    public async Task<TestResult> SendAsync(HttpContext http, string user, string model, string text, CancellationToken cancel)
    {
        var key = await keys.MakeAsync(KeyKind.App, null, ConnectTexts.KeyName, time.GetUtcNow() + KeyLife, cancel);
        try
        {
            return await SendAsync(Request(http, key, user, model, text), cancel);
        }
        finally
        {
            await keys.RevokeAsync(key.Id, CancellationToken.None);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<TestResult> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        try
        {
            using var sent = request;
            using var answer = await _client.SendAsync(sent, cancel);
            var body = await answer.Content.ReadAsStringAsync(cancel);
            return new TestResult((int)answer.StatusCode, (long)time.GetElapsedTime(started).TotalMilliseconds, Header(answer, "X-AiGateway-Request-Id"),
                Header(answer, "X-AiGateway-Tokens-Used"), Header(answer, "X-AiGateway-Tokens-Remaining"), Said(body));
        }
        catch (Exception away) when (away is HttpRequestException || (away is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return new TestResult(0, (long)time.GetElapsedTime(started).TotalMilliseconds, null, null, null, ConnectTexts.NoAnswer(away.Message));
        }
    }

    /// <summary>To the address that the operator's own request came in on: no balancer stands between.</summary>
    private static HttpRequestMessage Request(HttpContext http, ApiKey key, string user, string model, string text)
    {
        var address = http.Connection.LocalIpAddress ?? IPAddress.Loopback;
        // The connection's own scheme: the request's is what the world sees, which may end at a proxy.
        var scheme = http.Features.Get<ITlsHandshakeFeature>() is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        var url = new UriBuilder(scheme, address.ToString(), http.Connection.LocalPort, "/v1/chat/completions").Uri;
        var body = JsonSerializer.Serialize(new { model, messages = new[] { new { role = "user", content = text } }, max_completion_tokens = LongestAnswer });
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.ToString());
        request.Headers.TryAddWithoutValidation("X-AiGateway-User", Uri.EscapeDataString(user));
        return request;
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>The words of a chat's answer, or of an error; else the body.</summary>
    private static string Said(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.TryGetProperty("choices", out var choices) && choices[0].GetProperty("message").GetProperty("content").GetString() is { } said)
                return said;
            if (json.RootElement.TryGetProperty("error", out var error) && error.GetProperty("message").GetString() is { } why)
                return $"{error.GetProperty("code")}: {why}";
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            // Not of the shape that a chat has: shown as it came.
        }
        return body.Length > MostShown ? body[..MostShown] : body;
    }
}
