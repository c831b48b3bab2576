using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Recordings;

/// <summary>How a recorded exchange is asked for at a gateway that serves every provider of the corpus.</summary>
internal static class Replay
{
    /// <summary>Sockets.</summary>
    public static IReadOnlyList<Recording> Sessions => Corpus.Of("realtime.ws");

    /// <summary>Calls that tell of work which goes on behind them, or was begun before them.</summary>
    public static IReadOnlyList<Recording> Jobs => [.. Corpus.All.Where(IsJob)];

    /// <summary>Everything else: one question, one answer.</summary>
    public static IReadOnlyList<Recording> Calls => [.. Corpus.All.Where(recording => !IsJob(recording) && recording.Endpoint != "realtime.ws")];

    /// <summary>An empty list of runs tells of none.</summary>
    private static bool IsJob(Recording recording) =>
        recording.Metering is "deferred" && (recording.IsPost || !recording.Target.EndsWith("/runs", StringComparison.Ordinal));

    /// <summary>The shipped routes and the example's, with every cluster at the fake provider. Of two with one address the shipped one stays.</summary>
    public static void WriteRoutes(RunningGateway gateway)
    {
        var all = Parse("routes.json");
        var example = Parse("routes.example.json");
        var taken = Section(all, "Routes").Select(pair => pair.Value?["Match"]?.ToJsonString()).ToHashSet();
        foreach (var section in new[] { "Routes", "Clusters" })
            foreach (var (name, value) in Section(example, section).Where(pair => !taken.Contains(pair.Value?["Match"]?.ToJsonString())))
                Section(all, section)[name] = value?.DeepClone();
        // What bypasses the meter is recorded too: these run with the switch on.
        foreach (var (_, route) in Section(all, "Routes").Where(pair => Bypasses(pair.Value)))
            (route?["Metadata"]?.AsObject() ?? throw new InvalidDataException("A route without metadata."))["Metering.AllowUnmetered"] = "true";
        var root = gateway.Provider.BaseUrl[..^"/v1".Length];
        foreach (var (name, cluster) in Section(all, "Clusters").Where(pair => pair.Key != "openai"))
            if (cluster?["Destinations"]?[name] is JsonObject destination)
                destination["Address"] = root;
        Shipped.CopyTo(gateway.Folder, all.ToJsonString());
    }

    private static bool Bypasses(JsonNode? route) =>
        route?["Metadata"]?["Metering.Kind"]?.GetValue<string>() == "openai.realtime" && route["Match"]?["Methods"]?[0]?.GetValue<string>() == "POST";

    public static HttpRequestMessage Request(CallerClient caller, Recording recording)
    {
        var request = caller.Request(
            HttpMethod.Parse(Recording.Text(recording.Request, "method") ?? "POST"), PathOf(recording),
            recording.RequestBody is { } body ? Encoding.UTF8.GetString(body) : null);
        if (Recording.Text(recording.Request, "body_text") is { } text)
            request.Content = new StringContent(text, Encoding.UTF8, Recording.Text(recording.Request, "content_type") ?? "text/plain");
        if (recording.Request.TryGetProperty("form", out var form) && form.ValueKind is JsonValueKind.Object)
            request.Content = Form(recording, form);
        return request;
    }

    /// <summary>Fields before the files in one half of the cases, behind them in the other.</summary>
    private static MultipartFormDataContent Form(Recording recording, JsonElement form)
    {
        var fields = form.EnumerateObject().SelectMany(field => Values(field.Value).Select(value => (field.Name, (HttpContent)new StringContent(value)))).ToList();
        var content = new MultipartFormDataContent();
        var isFirst = recording.Name.GetHashCode(StringComparison.Ordinal) % 2 == 0;
        foreach (var (name, value) in isFirst ? fields : [])
            content.Add(value, name);
        if (recording.Request.TryGetProperty("files", out var files) && files.ValueKind is JsonValueKind.Object)
            foreach (var file in files.EnumerateObject().SelectMany(list => list.Value.EnumerateArray().Select(one => (list.Name, Bytes: one.GetProperty("bytes").GetInt32()))))
                content.Add(new ByteArrayContent(Noise(file.Bytes)), file.Name, "file.bin");
        foreach (var (name, value) in isFirst ? [] : fields)
            content.Add(value, name);
        return content;
    }

    private static IEnumerable<string> Values(JsonElement value) =>
        value.ValueKind is JsonValueKind.Array ? value.EnumerateArray().Select(one => one.ToString()) : [value.ToString()];

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The recorded path, at this gateway: OpenAI's as it is, others behind their provider's name.</summary>
    public static string PathOf(Recording recording)
    {
        var path = recording.Target;
        var query = Recording.Text(recording.Request, "query") is { Length: > 0 } text ? "?" + text : "";
        var provider = Recording.Text(recording.Expected, "provider");
        var family = recording.Endpoint.Split('.')[0];
        var at = (provider, family) switch
        {
            ("openai", _) => path,
            ("local", "anthropic") => path,
            ("local", "gemini") => "/vertex" + path.Replace("/google-vertex", "", StringComparison.Ordinal),
            ("local", "chat") => CallerClient.ChatPath,
            ("local", _) => "/v1/" + family,
            _ => $"/{provider}{path}",
        };
        return at.Replace("<", "%3C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal) + query;
    }

    private static JsonNode Parse(string file) =>
        JsonNode.Parse(Shipped.Bytes(file), null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip }) ?? throw new InvalidDataException(file);

    private static JsonObject Section(JsonNode root, string name) =>
        root["ReverseProxy"]?[name]?.AsObject() ?? throw new InvalidDataException($"No section {name}.");
}
