namespace AiGateway.Usage;

/// <summary>Which API's bytes an answer is written in: how a route says what it meters.</summary>
internal enum UsageFormat
{
    None, Stored, Auto,
    OpenAiChat, OpenAiCompletions, OpenAiResponses, OpenAiEmbeddings, OpenAiImages, OpenAiTranscription, OpenAiSpeech,
    OpenAiModerations, OpenAiRealtime, OpenAiBatches, OpenAiJobs, AnthropicMessages, GeminiGenerate,
}

/// <summary>How the answer's body is framed.</summary>
internal enum AnswerFraming { Json, EventStream, Other }
