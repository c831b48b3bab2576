using System.Diagnostics;
using System.Text;

namespace FakeProvider;

/// <summary>The answers: a JSON completion of about 1.2 KB, and a stream of 50 chunks, at once, paced, waiting or byte by byte.</summary>
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

    private static TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task WholeAsync(HttpResponse response)
    {
        response.ContentType = "application/json";
        response.ContentLength = Whole.Length;
        await response.BodyWriter.WriteAsync(Whole);
    }

    /// <summary>Each chunk is flushed by itself, so that a proxy meets them one by one.</summary>
    /// <param name="times">So often the 50 chunks.</param>
    public static async Task StreamAsync(HttpResponse response, bool withUsage, int times = 1)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        for (var i = 0; i < times * Chunks; i++)
        {
            await response.BodyWriter.WriteAsync(Events[i % Chunks]);
            // Or the server would gather what was flushed into a few packets.
            await Task.Yield();
        }
        await EndAsync(response, withUsage);
    }

    /// <summary>A chunk every few milliseconds: no two of them can travel in one packet, as no two tokens of a model do.</summary>
    public static async Task SpacedAsync(HttpResponse response, bool withUsage)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        foreach (var chunk in Events)
        {
            await response.BodyWriter.WriteAsync(chunk);
            await Task.Delay(2);
        }
        await EndAsync(response, withUsage);
    }

    /// <summary>A chunk every 20 ms that tells when it was sent, in Stopwatch's ticks.</summary>
    public static async Task PacedAsync(HttpResponse response, bool withUsage)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        for (var i = 0; i < Chunks; i++)
        {
            await Task.Delay(20);
            await response.BodyWriter.WriteAsync(Event($$"""[{"index":0,"delta":{"content":"at {{Stopwatch.GetTimestamp()}}"},"logprobs":null,"finish_reason":null}]""", ""));
        }
        await EndAsync(response, withUsage);
    }

    /// <summary>One chunk, and the rest when it is told to.</summary>
    public static async Task OpenAsync(HttpResponse response, bool withUsage)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        await response.BodyWriter.WriteAsync(Events[0]);
        await Volatile.Read(ref _released).Task;
        await EndAsync(response, withUsage);
    }

    /// <summary>Byte by byte.</summary>
    public static async Task DripAsync(HttpResponse response, bool withUsage)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        foreach (var chunk in Events)
            for (var at = 0; at < chunk.Length; at++)
                await response.BodyWriter.WriteAsync(chunk.AsMemory(at, 1));
        await EndAsync(response, withUsage);
    }

    public static void Release() => Interlocked.Exchange(ref _released, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private static async Task EndAsync(HttpResponse response, bool withUsage)
    {
        if (withUsage)
            await response.BodyWriter.WriteAsync(UsageEvent);
        await response.BodyWriter.WriteAsync(Done);
    }

    private static byte[] Event(string choices, string more) => Bytes(
        $$"""data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1750000000,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","choices":{{choices}}{{more}}}""" + "\n\n");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
