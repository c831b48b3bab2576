using System.Text.Json;

namespace AiGateway.Tests.Recordings;

/// <summary>One recorded exchange: a folder of the corpus.</summary>
internal sealed class Recording
{
    private readonly string _folder;

    public Recording(string folder)
    {
        _folder = folder;
        Name = Path.GetFileName(folder);
        Request = Parse("request.json");
        Expected = Parse("expected.json");
        Source = Parse("source.json");
    }

    /// <summary>The folder's name; its number comes first.</summary>
    public string Name { get; }

    public JsonElement Request { get; }
    public JsonElement Expected { get; }
    public JsonElement Source { get; }

    public string Folder => _folder;

    public string Endpoint => Text(Expected, "endpoint") ?? "";
    public bool IsStream => Expected.GetProperty("stream").GetBoolean() && ResponseFile.EndsWith(".sse", StringComparison.Ordinal);
    public string? Model => Text(Expected, "model");
    public string? Metering => Text(Expected, "metering");
    public string Target => Text(Request, "path") ?? "";
    public bool IsPost => Text(Request, "method") is null or "POST";
    public int Status => Expected.GetProperty("http_status").GetInt32();

    /// <summary>The body's bytes are the wire's (after content decoding).</summary>
    public bool IsVerbatim => Text(Source, "fidelity") is "verbatim";

    public string ResponseFile => Text(Expected, "response_file") ?? "";

    public string ResponsePath => Path.Combine(_folder, ResponseFile);

    public byte[] Response => File.ReadAllBytes(ResponsePath);

    /// <summary>The JSON body that was sent, as bytes; null where it was none. White space is not the wire's.</summary>
    public byte[]? RequestBody => Request.TryGetProperty("body", out var body) && body.ValueKind is JsonValueKind.Object
        ? JsonSerializer.SerializeToUtf8Bytes(body)
        : null;

    /// <summary>Nothing of the request's body was left out by the recorder (long base64 is).</summary>
    public bool HasWholeRequest => !Request.TryGetProperty("elided", out var elided) || elided.ValueKind is JsonValueKind.Null;

    /// <summary>The request asked for usage in its stream.</summary>
    public bool AskedForUsage => Request.TryGetProperty("body", out var body) && body.ValueKind is JsonValueKind.Object
        && body.TryGetProperty("stream_options", out var options) && options.ValueKind is JsonValueKind.Object
        && options.TryGetProperty("include_usage", out var asked) && asked.ValueKind is JsonValueKind.True;

    /// <summary>A figure of <c>billable</c>, in tokens; null: the answer does not say.</summary>
    public long? Billable(string figure) =>
        Expected.GetProperty("billable").TryGetProperty(figure, out var value) && value.ValueKind is JsonValueKind.Number ? value.GetInt64() : null;

    public override string ToString() => Name;

    public static string? Text(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private JsonElement Parse(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, file)));
        return document.RootElement.Clone();
    }
}
