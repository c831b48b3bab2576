using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiGateway.ConfigFiles;

/// <summary>A schema as a file: the head, and line ends that are the same everywhere.</summary>
internal static class SchemaText
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(string title, JsonObject schema)
    {
        var whole = new JsonObject { ["$schema"] = "http://json-schema.org/draft-07/schema#", ["title"] = title };
        foreach (var (keyword, value) in schema)
            whole[keyword] = value?.DeepClone();
        return whole.ToJsonString(Written) + "\n";
    }
}
