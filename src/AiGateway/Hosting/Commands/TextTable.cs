using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiGateway.Hosting.Commands;

/// <summary>Rows as an aligned table for a person: text to the left, numbers to the right.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    /// <summary>A line a row under a line of names; the columns are those of the first row.</summary>
    public static string Of(IReadOnlyList<JsonObject> rows)
    {
        if (rows.Count == 0)
            return "(none)\n";
        var columns = rows[0].Select(member => member.Key).ToArray();
        var widths = columns.Select(column => rows.Max(row => Text(row[column]).Length)).Zip(columns, (width, name) => Math.Max(width, name.Length)).ToArray();
        var isNumber = columns.Select(column => rows.All(row => row[column] is null || Kind(row[column]) == JsonValueKind.Number)).ToArray();
        var table = new StringBuilder();
        Line(columns.Select(Title));
        foreach (var row in rows)
            Line(columns.Select(column => Text(row[column])));
        return table.ToString();

        void Line(IEnumerable<string> cells) =>
            table.AppendLine(string.Join(Gap, cells.Select((cell, at) => isNumber[at] ? cell.PadLeft(widths[at]) : cell.PadRight(widths[at]))).TrimEnd());
    }

    /// <summary>A line a member.</summary>
    public static string Of(JsonObject one)
    {
        var width = one.Max(member => member.Key.Length);
        return string.Concat(one.Select(member => $"{Title(member.Key).PadRight(width)}{Gap}{Text(member.Value)}".TrimEnd() + Environment.NewLine));
    }

    private static string Title(string name) => name.Replace('_', ' ');

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;

    private static string Text(JsonNode? node) => node switch
    {
        null => "",
        JsonArray list => string.Join(", ", list.Select(Text)),
        JsonValue value when Kind(value) == JsonValueKind.String => value.GetValue<string>(),
        _ => node.ToJsonString(),
    };
}
