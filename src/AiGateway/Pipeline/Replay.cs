using System.Text;
using AiGateway.Ledger;
using Microsoft.Net.Http.Headers;

namespace AiGateway.Pipeline;

/// <summary>An answer as it is kept under its Idempotency-Key, and as it is given again.</summary>
internal static class Replay
{
    /// <summary>What belongs to one connection, one browser or one call, and not to the answer.</summary>
    private static readonly HashSet<string> NotKept = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.SetCookie, HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.ProxyConnection, HeaderNames.TransferEncoding,
        HeaderNames.TE, HeaderNames.Trailer, HeaderNames.Upgrade, HeaderNames.ContentLength, CallHeaders.RequestId, CallHeaders.IdempotencyReplayed,
    };

    /// <param name="body">Null: too large to keep.</param>
    /// <returns>Null where the body is.</returns>
    public static KeptAnswer? Of(HttpResponse response, byte[]? body) =>
        body is null ? null : new KeptAnswer(response.StatusCode, Lines(response.Headers), body);

    /// <summary>In one burst, whatever it was at first; under the id of the call that asks now.</summary>
    public static async Task WriteAsync(HttpContext context, KeptAnswer kept)
    {
        var response = context.Response;
        response.StatusCode = kept.Status;
        foreach (var line in kept.Headers.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            response.Headers.Append(line[..colon], line[(colon + 2)..]);
        }
        response.Headers[CallHeaders.IdempotencyReplayed] = "true";
        if (kept.Body.Length == 0)
            return;
        response.ContentLength = kept.Body.Length;
        await response.Body.WriteAsync(kept.Body, context.RequestAborted);
    }

    private static string Lines(IHeaderDictionary headers)
    {
        var lines = new StringBuilder();
        foreach (var (name, values) in headers)
            foreach (var value in NotKept.Contains(name) ? default : values)
                lines.Append(name).Append(": ").Append(value).Append('\n');
        return lines.ToString();
    }
}
