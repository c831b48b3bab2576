using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Api;

namespace AiGateway.Hosting.Commands;

/// <summary>What a verb prints: a table for a person, JSON for a program. Nothing else goes to stdout.</summary>
internal sealed class CommandOutput(TextWriter output, TextWriter errors, bool asJson)
{
    private static readonly JsonSerializerOptions Lines = Options(indented: false), Indented = Options(indented: true);

    public bool IsForPeople => !asJson;

    public void List<T>(IEnumerable<T> rows)
    {
        var all = rows.ToList();
        output.Write(asJson ? JsonSerializer.Serialize(all, Indented) + Environment.NewLine : TextTable.Of([.. all.Select(Row)]));
    }

    public void One<T>(T row) => output.Write(asJson ? JsonSerializer.Serialize(row, Indented) + Environment.NewLine : TextTable.Of(Row(row)));

    /// <summary>One row of many, as JSON on a line of its own.</summary>
    public void JsonLine<T>(T row) => output.WriteLine(JsonSerializer.Serialize(row, Lines));

    public void Text(string text) => output.WriteLine(text);

    /// <summary>Says what went wrong, and with which exit code the verb ends.</summary>
    public int Fail(int code, params IEnumerable<string> reasons)
    {
        foreach (var reason in reasons)
            errors.WriteLine(reason);
        return code;
    }

    public static JsonObject Row<T>(T row) => JsonSerializer.SerializeToNode(row, Lines)?.AsObject() ?? [];

    private static JsonSerializerOptions Options(bool indented)
    {
        // A terminal or a file is no web page: names in other scripts stay readable.
        var options = new JsonSerializerOptions { WriteIndented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        ApiJson.Configure(options);
        return options;
    }
}
