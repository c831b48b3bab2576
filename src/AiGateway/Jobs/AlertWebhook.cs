using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AiGateway.Insights;

namespace AiGateway.Jobs;

/// <summary>
/// Posts an alert as JSON to the one address that the operator configured, with no redirect followed. The signature is over time and body, so
/// that whoever gets it can tell it from anybody else's and from one that was recorded.
/// </summary>
internal sealed class AlertWebhook : AlertChannel, IDisposable
{
    public const string SignatureHeader = "X-AiGateway-Signature";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly AlertOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) }) { Timeout = Patience };

    public AlertWebhook(AlertOptions options, TimeProvider time) => (_options, _time) = (options, time);

    public override int Bit => WebhookBit;

    public override async Task<string?> SendAsync(AlertView alert, CancellationToken cancel)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            alert.Id, alert.Kind, alert.Subject, alert.Threshold, alert.Value, alert.PeriodStart, alert.Message, alert.RaisedAt,
        }, Json);
        using var request = new HttpRequestMessage(HttpMethod.Post, _options.WebhookUrl) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(SignatureHeader, Signature(_options.WebhookSecret, _time.GetUtcNow().ToUnixTimeSeconds(), body));
        try
        {
            // What it says in its body is nothing to us, and may be without end.
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return answer.IsSuccessStatusCode ? null : $"the webhook answered {(int)answer.StatusCode}";
        }
        catch (Exception failed) when (failed is HttpRequestException || (failed is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return $"the webhook could not be reached: {failed.Message}";
        }
    }

    /// <summary>t=…,v1=…: HMAC-SHA256, in hex, of the time in Unix seconds, a dot and the body.</summary>
    public static string Signature(string secret, long seconds, ReadOnlySpan<byte> body)
    {
        var time = seconds.ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes(time + "."));
        hmac.AppendData(body);
        return $"t={time},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }

    public void Dispose() => _http.Dispose();
}
