using AiGateway.Usage;

namespace AiGateway.Pipeline;

/// <summary>What OpenTelemetry's conventions call an operation and its provider; where they have no word, the API's own.</summary>
internal static class GenAi
{
    public static (string Operation, string Provider) Of(UsageFormat format) => format switch
    {
        UsageFormat.OpenAiChat or UsageFormat.OpenAiResponses => ("chat", "openai"),
        UsageFormat.OpenAiCompletions => ("text_completion", "openai"),
        UsageFormat.OpenAiEmbeddings => ("embeddings", "openai"),
        UsageFormat.OpenAiImages => ("image_generation", "openai"),
        UsageFormat.OpenAiTranscription => ("transcription", "openai"),
        UsageFormat.OpenAiSpeech => ("speech", "openai"),
        UsageFormat.OpenAiModerations => ("moderation", "openai"),
        UsageFormat.OpenAiRealtime => ("realtime", "openai"),
        UsageFormat.OpenAiBatches => ("batch", "openai"),
        UsageFormat.OpenAiJobs => ("job", "openai"),
        UsageFormat.AnthropicMessages => ("chat", "anthropic"),
        UsageFormat.GeminiGenerate => ("generate_content", "gcp.gemini"),
        UsageFormat.None or UsageFormat.Stored or UsageFormat.Auto => ("other", "openai"),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}
