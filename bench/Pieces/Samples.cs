using System.Text;

namespace Pieces;

/// <summary>Bodies and answers as the bench's fake provider knows them.</summary>
internal static class Samples
{
    private const string Usage =
        """
        "usage":{"prompt_tokens":512,"completion_tokens":180,"total_tokens":692,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}
        """;

    /// <summary>A chat call with a text of about so many bytes.</summary>
    public static byte[] Request(int bytes) => Encoding.UTF8.GetBytes(
        $$"""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"{{Words(bytes)}}"}],"max_completion_tokens":500,"temperature":0.2}""");

    public static byte[] Answer(int bytes) => Encoding.UTF8.GetBytes(
        $$"""{"id":"chatcmpl-bench","object":"chat.completion","created":1750000000,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":"{{Words(bytes)}}","refusal":null},"finish_reason":"stop"}],{{Usage}}}""");

    /// <summary>A stream's events, each as it would be read.</summary>
    public static byte[][] Events(int chunks) =>
    [
        .. Enumerable.Range(0, chunks).Select(i => Event($$"""[{"index":0,"delta":{"content":"word {{i}} "},"finish_reason":null}],"usage":null""")),
        Event("[]," + Usage),
        Encoding.UTF8.GetBytes("data: [DONE]\n\n"),
    ];

    private static byte[] Event(string choices) => Encoding.UTF8.GetBytes(
        $$"""data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1750000000,"model":"gpt-4o-mini-2024-07-18","choices":{{choices}}}""" + "\n\n");

    private static string Words(int bytes) => string.Concat(Enumerable.Repeat("Name the first step of it. ", bytes / 27 + 1));
}
