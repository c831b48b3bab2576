using System.Globalization;
using System.Text.Json;
using AiGateway.Telemetry;

namespace AiGateway.Pipeline;

/// <summary>Writes a refusal as official SDKs expect it.</summary>
internal static class RefusalWriter
{
    /// <summary>Some clients obey hours, some retry at once: a longer wait is told in the body only.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(30);

    public static async Task WriteAsync(HttpContext context, Refusal refusal)
    {
        var response = context.Response;
        Instruments.Refused(refusal.Code);
        response.StatusCode = refusal.Status;
        response.ContentType = "application/json";
        WriteRetryHeaders(response.Headers, refusal);
        var body = Body(refusal);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static void WriteRetryHeaders(IHeaderDictionary headers, Refusal refusal)
    {
        if (refusal.RequestLimit is { } limit && refusal.Wait is { } reset)
        {
            headers["x-ratelimit-limit-requests"] = limit.ToString(CultureInfo.InvariantCulture);
            headers["x-ratelimit-remaining-requests"] = "0";
            headers["x-ratelimit-reset-requests"] = GoDuration(reset);
        }
        if (refusal.Wait is not { } wait)
            return;
        if (wait > LongestRetryAfter)
        {
            headers["x-should-retry"] = "false";
            return;
        }
        headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        headers["retry-after-ms"] = ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
    }

    private static byte[] Body(Refusal refusal)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("message", refusal.Message);
            json.WriteString("type", refusal.Type);
            json.WriteString("param", refusal.Param);
            json.WriteString("code", refusal.Code);
            json.WriteStartObject("gateway");
            foreach (var (name, value) in refusal.Gateway)
            {
                if (value is string text)
                    json.WriteString(name, text);
                else
                    json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
            }
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <summary>The form of OpenAI's own reset headers: 59m12s, 6s.</summary>
    private static string GoDuration(TimeSpan time)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(time.TotalSeconds));
        var (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        return (hours > 0 ? $"{hours}h" : "") + (seconds >= 60 ? $"{minutes}m" : "") + $"{seconds % 60}s";
    }
}
