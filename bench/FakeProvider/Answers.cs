using System.Text;

namespace FakeProvider;

/// <summary>The two answers, made once: a JSON completion of about 1.2 KB, and a stream of 50 chunks.</summary>
internal static class Answers
{
    private const int Chunks = 50;

    private const string Usage =
        """
        "usage":{"prompt_tokens":512,"completion_tokens":180,"total_tokens":692,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}
        """;

    private static readonly byte[] Whole = Bytes(
        """{"id":"chatcmpl-bench","object":"chat.completion","created":1750000000,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":" """.TrimEnd()
        + string.Concat(Enumerable.Repeat("A plan has steps, and every step has a price. ", 15))
        + """ ","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],""".TrimStart() + Usage
        + ""","service_tier":"default","system_fingerprint":"fp_bench"}""");

    private static readonly byte[][] Events =
        [.. Enumerable.Range(0, Chunks).Select(i => Event($$"""[{"index":0,"delta":{"content":"word {{i}} "},"logprobs":null,"finish_reason":{{(i == Chunks - 1 ? "\"stop\"" : "null")}}}]""", ""))];
    private static readonly byte[] UsageEvent = Event("[]", "," + Usage);
    private static readonly byte[] Done = Bytes("data: [DONE]\n\n");

    public static async Task WholeAsync(HttpResponse response)
    {
        response.ContentType = "application/json";
        response.ContentLength = Whole.Length;
        await response.BodyWriter.WriteAsync(Whole);
    }

    /// <summary>Each chunk is flushed by itself, so that a proxy meets them one by one.</summary>
    public static async Task StreamAsync(HttpResponse response, bool withUsage)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        foreach (var chunk in Events)
            await response.BodyWriter.WriteAsync(chunk);
        if (withUsage)
            await response.BodyWriter.WriteAsync(UsageEvent);
        await response.BodyWriter.WriteAsync(Done);
    }

    private static byte[] Event(string choices, string more) => Bytes(
        $$"""data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1750000000,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","choices":{{choices}}{{more}}}""" + "\n\n");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
