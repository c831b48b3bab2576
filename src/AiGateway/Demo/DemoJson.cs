using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>JSON as the real provider writes it: answers indented by two, events on one line, letters of all alphabets as they are.</summary>
internal static class DemoJson
{
    private static readonly JsonSerializerOptions IndentedStyle = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions CompactStyle = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Indented(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString(IndentedStyle) + "\n");

    public static string Compact(JsonNode node) => node.ToJsonString(CompactStyle);

    /// <summary>The text of a content field: a string, or the text parts of a list of parts.</summary>
    public static string Text(JsonNode? content) => content switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonArray parts => string.Join("\n", parts.Select(part => Text(part)).Where(text => text.Length > 0)),
        JsonObject part => Text(part["text"] ?? part["content"]),
        _ => "",
    };

    /// <summary>How many parts of a content field are not text: pictures, sound, files.</summary>
    public static int OtherParts(JsonNode? content) => content is not JsonArray parts ? 0
        : parts.Sum(part => part is JsonObject { } item && item["text"] is null ? 1 + OtherParts(item["content"]) - (item["content"] is null ? 0 : 1) : 0);

    public static bool IsTrue(JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var yes) && yes;
}
