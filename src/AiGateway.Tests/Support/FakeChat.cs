using System.Text.Json;

namespace AiGateway.Tests.Support;

/// <summary>Chat answers with known usage, whole and streamed, with and without usage, as the real provider forms them.</summary>
internal static class FakeChat
{
    public const int PromptTokens = 19, CompletionTokens = 10, TotalTokens = PromptTokens + CompletionTokens;

    private static readonly string[] Words = ["Hello", " there", ", how", " are", " you", "?"];

    private const string Head = """{"id":"chatcmpl-fake","object":"chat.completion.chunk","created":1735689600,"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_fake",""";
    private const string Usage = """{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""";

    /// <summary>What a real provider would do: a stream where one is asked for, usage in it only where that is asked for.</summary>
    public static FakeAnswer Answer(ReceivedRequest request)
    {
        var asked = request.Json;
        if (!Flag(asked, "stream"))
            return FakeAnswer.Json(Whole);
        var withUsage = asked.TryGetProperty("stream_options", out var options) && options.ValueKind == JsonValueKind.Object && Flag(options, "include_usage");
        return FakeAnswer.Events(Stream(withUsage).Select(each => FakePiece.Of(each)));
    }

    /// <summary>A whole answer, of odd spacing on purpose: what arrives must be these bytes.</summary>
    public static string Whole => $$"""
        {
          "id": "chatcmpl-fake",
          "object": "chat.completion",
          "created": 1735689600, "model": "gpt-4o-2024-08-06",
          "choices": [ { "index": 0, "message": { "role": "assistant", "content": "Hello there, how are you? \u00e9 é" }, "finish_reason": "stop" } ],
          "usage": {{Usage}}
        }

        """;

    /// <summary>The events of a stream; with usage they are the same plus null usages, plus the one chunk that has only usage.</summary>
    public static IReadOnlyList<string> Stream(bool withUsage)
    {
        var nothing = withUsage ? ",\"usage\":null" : "";
        var events = new List<string> { Chunk("""{"role":"assistant","content":"","refusal":null}""", "null", nothing) };
        events.AddRange(Words.Select(word => Chunk($$"""{"content":"{{word}}"}""", "null", nothing)));
        events.Add(Chunk("{}", "\"stop\"", nothing));
        if (withUsage)
            events.Add($"data: {Head}\"choices\":[],\"usage\":{Usage}}}\n\n");
        events.Add("data: [DONE]\n\n");
        return events;
    }

    private static string Chunk(string delta, string finish, string usage) =>
        $"data: {Head}\"choices\":[{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\"finish_reason\":{finish}}}]{usage}}}\n\n";

    private static bool Flag(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var flag) && flag.ValueKind == JsonValueKind.True;
}
