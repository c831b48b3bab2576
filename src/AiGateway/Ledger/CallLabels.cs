using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AiGateway.Ledger;

/// <summary>What a caller may write beside his own charges: an action type and metadata. Each check gives the end of a sentence, or null where all is well.</summary>
internal static class CallLabels
{
    private const int MaxActionLength = 64;
    private const int MaxMetadataBytes = 2048;
    private const int MaxMetadataKeys = 16;

    private static readonly SearchValues<char> ActionCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");

    public static string? CheckAction(string? action) =>
        string.IsNullOrEmpty(action) || action.Length > MaxActionLength || action.AsSpan().ContainsAnyExcept(ActionCharacters) ? "must match [a-z0-9_.-]{1,64}." : null;

    /// <param name="metadata">JSON text.</param>
    public static string? CheckMetadata(string metadata)
    {
        if (Encoding.UTF8.GetByteCount(metadata) > MaxMetadataBytes)
            return $"must not exceed {MaxMetadataBytes} bytes.";
        try
        {
            using var document = JsonDocument.Parse(metadata);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return "must be a JSON object.";
            var members = document.RootElement.EnumerateObject().ToList();
            if (members.Count > MaxMetadataKeys)
                return $"must not have more than {MaxMetadataKeys} keys.";
            return members.Exists(m => m.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array) ? "must be flat." : null;
        }
        catch (JsonException)
        {
            return "is not valid JSON.";
        }
    }
}
