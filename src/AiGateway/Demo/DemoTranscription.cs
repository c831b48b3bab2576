using System.Text;
using System.Text.Json.Nodes;

namespace AiGateway.Demo;

/// <summary>POST /v1/audio/transcriptions and /translations: the same sentence for every file; its length follows the file's size.</summary>
internal static class DemoTranscription
{
    // 128 kbit/s: what most mp3 files have.
    private const long BytesPerSecond = 16_000;
    // What the gpt-4o transcribers report for a second of sound.
    private const long AudioTokensPerSecond = 10;

    private static readonly string[] Pieces = ["Hello", " from", " the", " demo", " provider", "."];

    private static string Whole => string.Concat(Pieces);

    public static Task AnswerAsync(DemoCall call)
    {
        if (call.Model.Length == 0)
            return call.RefuseAsync(DemoErrors.NoModel);
        if (call.File == 0)
            return call.RefuseAsync(DemoErrors.Missing("file"));
        var seconds = (call.File + BytesPerSecond - 1) / BytesPerSecond;
        var isWhisper = call.Model.StartsWith("whisper", StringComparison.Ordinal);
        var usage = isWhisper ? new JsonObject { ["type"] = "duration", ["seconds"] = seconds } : Tokens(seconds);
        if (call.Stream && !isWhisper)
            return call.StreamAsync(Events(call, usage));
        return DemoJson.Text(call.Body["response_format"]) switch
        {
            "text" => call.SendAsync("text/plain; charset=utf-8", Encoding.UTF8.GetBytes(Whole + "\n")),
            "srt" => call.SendAsync("text/plain; charset=utf-8", Encoding.UTF8.GetBytes($"1\n00:00:00,000 --> {Clock(seconds)},000\n{Whole}\n\n\n")),
            "vtt" => call.SendAsync("text/plain; charset=utf-8", Encoding.UTF8.GetBytes($"WEBVTT\n\n00:00:00.000 --> {Clock(seconds)}.000\n{Whole}\n\n")),
            "verbose_json" => call.SendAsync(Verbose(call, seconds, usage)),
            _ => call.SendAsync(WithUsage(call, new JsonObject { ["text"] = Whole }, usage)),
        };
    }

    private static JsonObject Verbose(DemoCall call, long seconds, JsonObject usage) => WithUsage(call, new JsonObject
    {
        ["task"] = "transcribe", ["language"] = "english", ["duration"] = seconds, ["text"] = Whole, ["segments"] = new JsonArray(),
    }, usage);

    // Translations never report anything.
    private static JsonObject WithUsage(DemoCall call, JsonObject answer, JsonObject usage)
    {
        if (call.TellsUsage && !call.Http.Request.Path.StartsWithSegments("/v1/audio/translations"))
            answer["usage"] = usage;
        return answer;
    }

    private static List<string> Events(DemoCall call, JsonObject usage)
    {
        var events = Pieces.Select(piece => Event(new JsonObject { ["type"] = "transcript.text.delta", ["delta"] = piece })).ToList();
        events.Add(Event(WithUsage(call, new JsonObject { ["type"] = "transcript.text.done", ["text"] = Whole }, usage)));
        events.Add("data: [DONE]\r\n\r\n");
        return events;
    }

    private static string Event(JsonObject body) => $"data: {DemoJson.Compact(body)}\r\n\r\n";

    private static JsonObject Tokens(long seconds)
    {
        var heard = seconds * AudioTokensPerSecond;
        return new JsonObject
        {
            ["type"] = "tokens",
            ["total_tokens"] = heard + Pieces.Length,
            ["input_tokens"] = heard,
            ["input_token_details"] = new JsonObject { ["text_tokens"] = 0, ["audio_tokens"] = heard },
            ["output_tokens"] = Pieces.Length,
        };
    }

    private static string Clock(long seconds) => $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}";
}
