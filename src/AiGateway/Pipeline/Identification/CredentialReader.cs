using Microsoft.Extensions.Primitives;

namespace AiGateway.Pipeline.Identification;

/// <summary>Finds the caller's credential where OpenAI's, Azure's, Anthropic's and Google's clients put it.</summary>
internal static class CredentialReader
{
    private const string WebSocketPrefix = "openai-insecure-api-key.";

    /// <returns>Null: none was sent.</returns>
    public static string? Read(HttpRequest request)
    {
        foreach (var name in CallHeaders.Credentials)
        {
            var value = Last(request.Headers[name]);
            if (value.Length == 0)
                continue;
            return value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? value["Bearer ".Length..].Trim() : value;
        }
        return FromWebSocket(request.Headers.SecWebSocketProtocol);
    }

    private static string? FromWebSocket(StringValues protocols)
    {
        foreach (var line in protocols)
            foreach (var part in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
                if (part.StartsWith(WebSocketPrefix, StringComparison.Ordinal))
                    return part[WebSocketPrefix.Length..];
        return null;
    }

    private static string Last(StringValues values) => values.Count == 0 ? "" : (values[^1] ?? "").Trim();
}
