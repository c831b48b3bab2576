namespace AiGateway.Accounts;

/// <summary>Finds a caller's credential where OpenAI's, Azure's, Anthropic's and Google's clients put it.</summary>
internal static class Credential
{
    /// <summary>Every header that may carry a credential; none of them reaches a provider as sent.</summary>
    public static readonly string[] Headers = ["Authorization", "api-key", "x-api-key", "x-goog-api-key"];

    public const string WebSocketHeader = "Sec-WebSocket-Protocol";

    /// <summary>A browser's WebSocket cannot set headers; OpenAI's clients put the key in a subprotocol of this name.</summary>
    public const string WebSocketPrefix = "openai-insecure-api-key.";

    private const string Bearer = "Bearer ";

    /// <param name="header">The last value of a header, or null.</param>
    /// <returns>Null: none was sent.</returns>
    public static string? Read(Func<string, string?> header)
    {
        foreach (var name in Headers)
        {
            var value = header(name)?.Trim();
            if (!string.IsNullOrEmpty(value))
                return value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? value[Bearer.Length..].Trim() : value;
        }
        var protocols = (header(WebSocketHeader) ?? "").Split(',', StringSplitOptions.TrimEntries);
        var carrier = Array.Find(protocols, p => p.StartsWith(WebSocketPrefix, StringComparison.Ordinal));
        return carrier?[WebSocketPrefix.Length..];
    }
}
