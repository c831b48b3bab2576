using System.Data.Common;
using System.Text;
using System.Text.Json;
using AiGateway.Storage;
using Stripe;

namespace AiGateway.Billing;

/// <summary>
/// POST /stripe/webhook. Believes a body that carries a good signature, makes it durable, and thanks. Everything else is 400; only a
/// database that cannot store is 503, so that Stripe sends the event again.
/// </summary>
internal sealed class WebhookDoor(EventInbox inbox, BillingSettings settings, TimeProvider time, ILogger<WebhookDoor> log)
{
    public const string Path = "/stripe/webhook";

    /// <summary>Stripe's own bound for an age in seconds: an older event was recorded and is being played again.</summary>
    public const int ToleranceSeconds = 300;

    /// <summary>An invoice of a hundred lines has a quarter of it.</summary>
    public const int LargestBody = 1024 * 1024;

    private const string SignatureHeader = "Stripe-Signature";
    private const int LongestId = 255, LongestType = 128;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public async Task<IResult> ReceiveAsync(HttpRequest request, CancellationToken cancel)
    {
        if (settings.WebhookSecrets is not { Count: > 0 } secrets)
            return Results.Problem("No webhook secret is configured.", statusCode: StatusCodes.Status503ServiceUnavailable);
        var header = request.Headers[SignatureHeader].ToString();
        if (header.Length == 0 || await ReadAsync(request, cancel) is not { } body || !secrets.Any(secret => IsSigned(body, header, secret)) || Event(body) is not var (id, type))
            return Results.Problem("This is no event that Stripe signed.", statusCode: StatusCodes.Status400BadRequest);
        try
        {
            await inbox.StoreAsync(id, type, body, cancel);
            return Results.Ok();
        }
        catch (Exception down) when (down is DbException or StoreUnavailableException)
        {
            log.LogError(down, "The Stripe event {EventId} could not be stored; Stripe sends it again", id);
            return Results.Problem("The event could not be stored. Send it again.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <returns>Null: too long, or no UTF-8.</returns>
    private static async Task<string?> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > LargestBody)
            return null;
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancel)) > 0;)
        {
            if (content.Length + read > LargestBody)
                return null;
            content.Write(buffer, 0, read);
        }
        try
        {
            return Strict.GetString(content.GetBuffer(), 0, (int)content.Length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private bool IsSigned(string body, string header, string secret)
    {
        try
        {
            EventUtility.ValidateSignature(body, header, secret, ToleranceSeconds, time.GetUtcNow().ToUnixTimeSeconds());
            return true;
        }
        catch (Exception wrong) when (wrong is StripeException or FormatException or OverflowException or ArgumentException or NullReferenceException or IndexOutOfRangeException or InvalidOperationException)
        {
            // The library answers a header that is not one with whatever its parsing runs into.
            return false;
        }
    }

    private static (string Id, string Type)? Event(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && Text(json.RootElement, "object", LongestType) == "event"
                && Text(json.RootElement, "id", LongestId) is { } id && Text(json.RootElement, "type", LongestType) is { } type
                && json.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
                ? (id, type) : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name, int longest) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && text.Length <= longest ? text : null;
}
