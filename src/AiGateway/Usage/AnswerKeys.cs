namespace AiGateway.Usage;

/// <summary>The members of OpenAI-like answers that metering reads, by the object they stand in.</summary>
internal static class AnswerKeys
{
    public static Place OfRoot(ReadOnlySpan<byte> key, Place parent) => key.Length switch
    {
        2 when key.SequenceEqual("id"u8) => Place.ObjectId,
        4 when key.SequenceEqual("type"u8) => parent is Place.Root ? Place.EventType : Place.Ignored,
        4 when key.SequenceEqual("code"u8) => Place.LooseCode,
        4 when key.SequenceEqual("text"u8) => parent is Place.Root ? Place.WholeText : Place.Ignored,
        5 when key.SequenceEqual("model"u8) => Place.Model,
        5 when key.SequenceEqual("usage"u8) => Place.Usage,
        5 when key.SequenceEqual("error"u8) => Place.Error,
        5 when key.SequenceEqual("delta"u8) => Place.TypedDelta,
        6 when key.SequenceEqual("status"u8) => Place.Status,
        6 when key.SequenceEqual("object"u8) => Place.ObjectKind,
        6 when key.SequenceEqual("output"u8) => Place.WholeText,
        6 when key.SequenceEqual("x_groq"u8) => Place.Groq,
        6 when key.SequenceEqual("detail"u8) => Place.Detail,
        7 when key.SequenceEqual("choices"u8) => Place.Choice,
        7 when key.SequenceEqual("message"u8) => Place.LooseMessage,
        8 when key.SequenceEqual("response"u8) => parent is Place.Root ? Place.Response : Place.Ignored,
        12 when key.SequenceEqual("service_tier"u8) => Place.ServiceTier,
        _ => Place.Ignored,
    };

    public static Place OfChoice(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("delta"u8) || key.SequenceEqual("text"u8) ? Place.TextPiece
        : key.SequenceEqual("message"u8) ? Place.WholeText
        : OfGroq(key);

    /// <summary>Groq's own member, and a choice: each may carry a usage or an error of its own.</summary>
    public static Place OfGroq(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("usage"u8) ? Place.Usage
        : key.SequenceEqual("error"u8) ? Place.Error
        : Place.Ignored;

    public static Place OfError(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("code"u8) ? Place.ErrorCode
        : key.SequenceEqual("type"u8) ? Place.ErrorType
        : key.SequenceEqual("message"u8) ? Place.ErrorMessage
        : Place.Ignored;

    /// <summary>Within a message, a delta or an output item: generated text, or what holds it. Ids, names, base64 and citations are not.</summary>
    public static bool IsText(ReadOnlySpan<byte> key) => key.Length switch
    {
        4 => key.SequenceEqual("text"u8) || key.SequenceEqual("code"u8),
        5 => key.SequenceEqual("audio"u8) || key.SequenceEqual("input"u8),
        6 => key.SequenceEqual("custom"u8),
        7 => key.SequenceEqual("content"u8) || key.SequenceEqual("refusal"u8) || key.SequenceEqual("summary"u8),
        8 => key.SequenceEqual("function"u8) || key.SequenceEqual("thinking"u8),
        9 => key.SequenceEqual("reasoning"u8) || key.SequenceEqual("arguments"u8),
        10 => key.SequenceEqual("tool_calls"u8) || key.SequenceEqual("transcript"u8),
        13 => key.SequenceEqual("function_call"u8),
        17 => key.SequenceEqual("reasoning_content"u8),
        _ => false,
    };

    public static Place OfUsage(ReadOnlySpan<byte> key)
    {
        return key.Length switch
        {
            12 when key.SequenceEqual("input_tokens"u8) => Place.InputTokensBesideCache,
            12 when key.SequenceEqual("total_tokens"u8) => Place.TotalTokens,
            12 when key.SequenceEqual("service_tier"u8) => Place.ServiceTier,
            13 when key.SequenceEqual("prompt_tokens"u8) => Place.InputTokens,
            13 when key.SequenceEqual("output_tokens"u8) => Place.OutputTokens,
            13 when key.SequenceEqual("cached_tokens"u8) => Place.Cached,
            16 when key.SequenceEqual("reasoning_tokens"u8) => Place.Reasoning,
            17 when key.SequenceEqual("completion_tokens"u8) => Place.OutputTokens,
            17 when key.SequenceEqual("num_cached_tokens"u8) => Place.Cached,
            20 when key.SequenceEqual("prompt_audio_seconds"u8) => Place.AudioSeconds,
            23 when key.SequenceEqual("prompt_cache_hit_tokens"u8) => Place.Cached,
            23 when key.SequenceEqual("cache_read_input_tokens"u8) => Place.CacheReadBeside,
            27 when key.SequenceEqual("cache_creation_input_tokens"u8) => Place.CacheWriteBeside,
            _ when !key.EndsWith("_details"u8) => Place.Ignored,
            _ when key.StartsWith("prompt_token"u8) || key.StartsWith("input_token"u8) => Place.InputDetails,
            _ when key.StartsWith("completion_token"u8) || key.StartsWith("output_token"u8) => Place.OutputDetails,
            _ => Place.Ignored,
        };
    }

    public static Place OfInputDetails(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("cached_tokens"u8) ? Place.Cached
        : key.SequenceEqual("cache_write_tokens"u8) ? Place.CacheWrite
        : key.SequenceEqual("audio_tokens"u8) ? Place.InputAudio
        : key.SequenceEqual("image_tokens"u8) ? Place.InputImage
        : key.SequenceEqual("cached_tokens_details"u8) ? Place.CachedDetails
        : Place.Ignored;

    public static Place OfOutputDetails(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("reasoning_tokens"u8) ? Place.Reasoning
        : key.SequenceEqual("audio_tokens"u8) ? Place.OutputAudio
        : key.SequenceEqual("image_tokens"u8) ? Place.OutputImage
        : Place.Ignored;

    public static Place OfCachedDetails(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("audio_tokens"u8) ? Place.CachedAudio
        : key.SequenceEqual("image_tokens"u8) ? Place.CachedImage
        : Place.Ignored;
}
