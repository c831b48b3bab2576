using System.Text;
using System.Text.Json;

namespace AiGateway.Tests.Support;

/// <summary>Some bytes, written and flushed at once, after <paramref name="Before"/> opened where there is one.</summary>
internal sealed record FakePiece(byte[] Bytes, Gate? Before = null)
{
    public static FakePiece Of(string text, Gate? before = null) => new(Encoding.UTF8.GetBytes(text), before);
}

/// <summary>What the fake provider answers, to the byte.</summary>
internal sealed record FakeAnswer
{
    public int Status { get; init; } = 200;
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
    public IReadOnlyList<FakePiece> Pieces { get; init; } = [];

    /// <summary>All pieces in one.</summary>
    public byte[] Body => [.. Pieces.SelectMany(piece => piece.Bytes)];

    /// <summary>The whole answer waits here, headers included.</summary>
    public Gate? BeforeHeaders { get; init; }

    /// <summary>After the pieces the connection is dropped instead of closed properly.</summary>
    public bool IsCut { get; init; }

    /// <summary>True sends Content-Length; false sends chunks.</summary>
    public bool KnowsLength { get; init; }

    public static FakeAnswer Json(string body, int status = 200) =>
        Of("application/json", status, FakePiece.Of(body)) with { KnowsLength = true };

    public static FakeAnswer Error(int status, string type, string? code, string message) =>
        Json(JsonSerializer.Serialize(new { error = new { message, type, param = (string?)null, code } }), status);

    /// <summary>An event stream of pieces as given: a piece is usually one event, but may as well be half of one.</summary>
    public static FakeAnswer Events(params IEnumerable<FakePiece> pieces) => Of("text/event-stream; charset=utf-8", 200, pieces);

    public static FakeAnswer Of(string contentType, int status, params IEnumerable<FakePiece> pieces) =>
        new() { Status = status, Headers = [new("Content-Type", contentType), new("x-request-id", "req_fake")], Pieces = pieces.ToList() };

    /// <summary>A recorded answer, as it came: the folder of one case in the corpus.</summary>
    public static FakeAnswer Recorded(string folder)
    {
        using var source = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "source.json")));
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        var headers = source.RootElement.GetProperty("response_headers");
        var plain = expected.RootElement.GetProperty("response_file").GetString();
        var packed = File.Exists(Path.Combine(folder, "response.gz")) ? "response.gz" : null;
        var body = File.ReadAllBytes(Path.Combine(folder, packed ?? plain ?? throw new InvalidDataException($"{folder} names no response.")));
        var contentType = headers.TryGetProperty("content-type", out var type) ? type.GetString() : null;
        var answer = Of(contentType ?? "application/octet-stream", source.RootElement.GetProperty("status").GetInt32(), new FakePiece(body));
        return packed is null ? answer : answer with { Headers = [.. answer.Headers, new("Content-Encoding", "gzip")] };
    }
}
