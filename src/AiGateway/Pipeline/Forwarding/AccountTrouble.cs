using System.Net;
using System.Text.Json;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>
/// Answers of the provider that speak of the gateway's own account: its key was refused, its quota is spent.
/// They are no business of the caller's, who could neither understand nor mend them.
/// </summary>
internal static class AccountTrouble
{
    /// <summary>An error body is a few hundred bytes; what is larger is not looked at.</summary>
    private const int PeekLimit = 64 * 1024;

    /// <returns>The refusal to give instead; null: the answer passes as it is.</returns>
    public static async Task<Refusal?> FindAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
            return Refusal.UpstreamAuthFailed();
        if (answer.StatusCode != HttpStatusCode.TooManyRequests)
            return null;
        var peeked = await PeekedContent.OverAsync(answer.Content, PeekLimit, cancel);
        answer.Content = peeked;
        return await SaysQuotaSpentAsync(peeked.Decoded(), cancel) ? Refusal.UpstreamQuotaExhausted() : null;
    }

    private static async Task<bool> SaysQuotaSpentAsync(Stream body, CancellationToken cancel)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancel);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                && (Is(error, "code") || Is(error, "type"));
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or InvalidOperationException)
        {
            // Not OpenAI's error shape: nothing is known about our account, so it passes.
            return false;
        }
    }

    private static bool Is(JsonElement error, string member) =>
        error.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals("insufficient_quota");
}
