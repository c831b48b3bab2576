using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>One event of a session over WebSocket, as far as it matters for metering.</summary>
/// <param name="Type">Such as <c>response.done</c>.</param>
/// <param name="ResponseId">Of the response that it tells of, or is a part of.</param>
/// <param name="SessionModel">The model that the session says it speaks with.</param>
/// <param name="TranscriptionModel">The model that writes down what the caller says.</param>
/// <param name="Report">The event's own usage, model and state.</param>
/// <param name="Milliseconds">Usage by duration; null: none.</param>
/// <param name="SoundBytes">Decoded bytes of sound that the event carries.</param>
internal sealed record SessionEvent(
    string Type, string? ResponseId, string? SessionModel, string? TranscriptionModel, UsageReport Report, long? Milliseconds, long SoundBytes)
{
    private const int LongestType = 128;

    /// <summary>A response has ended, however.</summary>
    public bool EndsResponse => Type is "response.done" or "response.completed" or "response.incomplete" or "response.failed" or "response.cancelled";

    public bool BeginsResponse => Type is "response.created";

    public bool IsTranscription => Type is "conversation.item.input_audio_transcription.completed";

    /// <returns>Null where it is no event.</returns>
    public static SessionEvent? Read(ReadOnlySpan<byte> json, UsageFormat format)
    {
        var reader = new JsonAnswerReader(format);
        reader.Read(json);
        reader.Complete();
        var report = reader.Report;
        var scan = new Scan();
        return scan.Read(json) && scan.Type is { } type
            ? new SessionEvent(type, scan.ResponseId, scan.SessionModel, scan.TranscriptionModel, report, scan.Milliseconds, type.EndsWith("audio.delta", StringComparison.Ordinal) ? scan.DeltaLength / 4 * 3 : 0)
            : null;
    }

    /// <summary>The members that no other answer has, by the path that they stand at.</summary>
    private ref struct Scan
    {
        public string? Type, ResponseId, SessionModel, TranscriptionModel;
        public long? Milliseconds;
        public long DeltaLength;

        public bool Read(ReadOnlySpan<byte> json)
        {
            var reader = new Utf8JsonReader(json, JsonGrammar.ReaderOptions);
            try
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                    return false;
                Members(ref reader, "");
                return true;
            }
            catch (JsonException)
            {
                // Not JSON: whatever it is, it is no event.
                return false;
            }
        }

        private void Members(ref Utf8JsonReader reader, string path)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = JsonText.Key(ref reader);
                var below = Below(path, key);
                reader.Read();
                if (below is "response" or "session" or "session/audio" or "session/audio/input" or "session/audio/input/transcription" or "session/input_audio_transcription" or "usage"
                    && reader.TokenType == JsonTokenType.StartObject)
                    Members(ref reader, below);
                else
                    Value(ref reader, below);
            }
        }

        private void Value(ref Utf8JsonReader reader, string? path)
        {
            switch (path)
            {
                case "type": Type = JsonText.Name(ref reader, LongestType); break;
                case "response_id" or "response/id": ResponseId = JsonText.Name(ref reader) ?? ResponseId; break;
                case "session/model": SessionModel = JsonText.Name(ref reader); break;
                case "session/audio/input/transcription/model" or "session/input_audio_transcription/model": TranscriptionModel = JsonText.Name(ref reader); break;
                case "delta" when reader.TokenType == JsonTokenType.String: DeltaLength = JsonText.Length(ref reader); break;
                case "usage/seconds" when reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var seconds) && seconds is >= 0 and < 1_000_000:
                    Milliseconds = (long)decimal.Ceiling(seconds * 1000);
                    break;
            }
            reader.Skip();
        }

        /// <summary>The paths that matter, and null for all others.</summary>
        private static string? Below(string path, ReadOnlySpan<byte> key) => path switch
        {
            "" when key.SequenceEqual("type"u8) => "type",
            "" when key.SequenceEqual("response"u8) => "response",
            "" when key.SequenceEqual("response_id"u8) => "response_id",
            "" when key.SequenceEqual("session"u8) => "session",
            "" when key.SequenceEqual("delta"u8) => "delta",
            "" when key.SequenceEqual("usage"u8) => "usage",
            "usage" when key.SequenceEqual("seconds"u8) => "usage/seconds",
            "response" when key.SequenceEqual("id"u8) => "response/id",
            "session" when key.SequenceEqual("model"u8) => "session/model",
            "session" when key.SequenceEqual("audio"u8) => "session/audio",
            "session" when key.SequenceEqual("input_audio_transcription"u8) => "session/input_audio_transcription",
            "session/audio" when key.SequenceEqual("input"u8) => "session/audio/input",
            "session/audio/input" when key.SequenceEqual("transcription"u8) => "session/audio/input/transcription",
            "session/audio/input/transcription" when key.SequenceEqual("model"u8) => "session/audio/input/transcription/model",
            "session/input_audio_transcription" when key.SequenceEqual("model"u8) => "session/input_audio_transcription/model",
            _ => null,
        };
    }
}
