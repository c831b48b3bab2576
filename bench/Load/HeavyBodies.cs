using System.Diagnostics;
using System.Text;

namespace Load;

/// <summary>What somebody sends who wants the gateway to be busy. A byte of it should cost what a byte of plain words does.</summary>
internal static class HeavyBodies
{
    /// <returns>Answered 2xx, answered otherwise, bytes of one body (a drip, or a long stream: of its answer), p50, milliseconds in all.</returns>
    public static async Task<string> RunAsync(HttpClient http, Uri url, string kind, int bytes, int count)
    {
        var body = Of(kind, bytes);
        var (good, other, figures, clock, length) = (0, 0, new Figures(), Stopwatch.StartNew(), (long)body.Length);
        for (var i = 0; i < count; i++)
        {
            var began = clock.Elapsed;
            using var request = Bodies.Post(url, body);
            using var answer = await http.SendAsync(request);
            var got = await answer.Content.ReadAsByteArrayAsync();
            if (kind is "drip" or "long")
                length = got.Length;
            (good, other) = answer.IsSuccessStatusCode ? (good + 1, other) : (good, other + 1);
            figures.Add((clock.Elapsed - began).TotalMilliseconds);
        }
        return Figures.Line(good, other, length, figures.At(50), clock.Elapsed.TotalMilliseconds);
    }

    private static byte[] Of(string kind, int bytes) => kind switch
    {
        "words" => Bodies.Chat(Repeat("Name the first step of it. ", bytes), stream: false),
        "one-word" => Bodies.Chat(new string('a', bytes), stream: false),
        "nested" => Bodies.Chat("Go on.", stream: false, $",\"metadata\":{Repeat("[", bytes / 2)}{Repeat("]", bytes / 2)}"),
        "keys" => Bodies.Chat("Go on.", stream: false, ",\"metadata\":{" + Keys(bytes) + "}"),
        // The answer's bytes come one at a time; its length is the provider's.
        "drip" => Bodies.Chat("[[drip]]", stream: true),
        "stream" => Bodies.Plain(stream: true),
        // 2,000 chunks in place of 50.
        "long" => Bodies.Chat("[[long]]", stream: true),
        _ => throw new ArgumentException($"There are no bodies named {kind}."),
    };

    private static string Repeat(string piece, int bytes) => string.Concat(Enumerable.Repeat(piece, bytes / piece.Length));

    private static string Keys(int bytes)
    {
        var keys = new StringBuilder();
        for (var i = 0; keys.Length < bytes; i++)
            keys.Append(i == 0 ? "" : ",").Append("\"k").Append(i).Append("\":1");
        return keys.ToString();
    }
}
