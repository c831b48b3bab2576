using AiGateway.Tests.Recordings;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

/// <summary>Ways to push an answer through a reader.</summary>
internal static class Answers
{
    /// <param name="pieceSize">Bytes a piece.</param>
    /// <param name="first">Bytes of the first piece; 0: none before the even ones.</param>
    public static UsageReport Read(
        UsageFormat format, AnswerFraming framing, ReadOnlySpan<byte> body, int pieceSize = int.MaxValue, int first = 0)
    {
        var reader = AnswerReader.For(format, framing);
        reader.Read(body[..first]);
        body = body[first..];
        while (!body.IsEmpty)
        {
            var size = Math.Min(pieceSize, body.Length);
            reader.Read(body[..size]);
            body = body[size..];
        }

        reader.Complete();
        return reader.Report;
    }

    public static UsageReport ReadStream(string body, UsageFormat format = UsageFormat.OpenAiChat) =>
        Read(format, AnswerFraming.EventStream, System.Text.Encoding.UTF8.GetBytes(body));

    public static UsageReport ReadJson(string body, UsageFormat format = UsageFormat.OpenAiChat) =>
        Read(format, AnswerFraming.Json, System.Text.Encoding.UTF8.GetBytes(body));

    public static UsageFormat FormatOf(Recording recording) => recording.Endpoint switch
    {
        "anthropic.count_tokens" or "gemini.countTokens" or "responses.input_tokens" => UsageFormat.None,
        "audio.speech" => UsageFormat.OpenAiSpeech,
        _ => recording.Endpoint.Split('.')[0] switch
        {
            "chat" => UsageFormat.OpenAiChat,
            "completions" => UsageFormat.OpenAiCompletions,
            "responses" => UsageFormat.OpenAiResponses,
            "embeddings" => UsageFormat.OpenAiEmbeddings,
            "images" => UsageFormat.OpenAiImages,
            "audio" => UsageFormat.OpenAiTranscription,
            "anthropic" => UsageFormat.AnthropicMessages,
            "gemini" => UsageFormat.GeminiGenerate,
            _ => UsageFormat.Auto,
        },
    };

    public static AnswerFraming FramingOf(Recording recording) =>
        recording.IsStream ? AnswerFraming.EventStream
        : recording.ResponseFile.EndsWith(".json", StringComparison.Ordinal) ? AnswerFraming.Json
        : AnswerFraming.Other;
}
