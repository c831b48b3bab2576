namespace AiGateway.Usage;

/// <summary>The members of OpenAI-like answers that metering reads, by the object they stand in.</summary>
internal static class AnswerKeys
{
    /// <param name="parent">The root, or a response or message in it, in which fewer names have a meaning.</param>
    public static Place OfRoot(ReadOnlySpan<byte> key, Place parent) => key.Length switch
    {
        2 when key.SequenceEqual("id"u8) => Place.ObjectId,
        3 when key.SequenceEqual("end"u8) => Place.CueEnd,
        4 when key.SequenceEqual("type"u8) => parent is Place.Root ? Place.EventType : Place.Ignored,
        4 when key.SequenceEqual("code"u8) => Place.LooseCode,
        4 when key.SequenceEqual("text"u8) => parent is Place.Root ? Place.WholeText : Place.Ignored,
        4 when key.SequenceEqual("data"u8) => Place.Pictures,
        4 when key.SequenceEqual("size"u8) => Place.ImageSize,
        5 when key.SequenceEqual("model"u8) => Place.Model,
        5 when key.SequenceEqual("usage"u8) => Place.Usage,
        5 when key.SequenceEqual("error"u8) => Place.Error,
        5 when key.SequenceEqual("delta"u8) => Place.TypedDelta,
        5 when key.SequenceEqual("audio"u8) => Place.OtherOutput,
        6 when key.SequenceEqual("status"u8) => Place.Status,
        6 when key.SequenceEqual("object"u8) => Place.ObjectKind,
        6 when key.SequenceEqual("output"u8) => Place.Output,
        6 when key.SequenceEqual("x_groq"u8) => Place.Groq,
        6 when key.SequenceEqual("detail"u8) => Place.Detail,
        7 when key.SequenceEqual("choices"u8) => Place.Choice,
        7 when key.SequenceEqual("message"u8) => Place.LooseMessage,
        7 when key.SequenceEqual("content"u8) => Place.WholeText,
        7 when key.SequenceEqual("quality"u8) => Place.ImageQuality,
        7 when key.SequenceEqual("seconds"u8) => Place.FilmSeconds,
        8 when key.SequenceEqual("response"u8) => parent is Place.Root ? Place.Response : Place.Ignored,
        8 when key.SequenceEqual("duration"u8) => Place.CueEnd,
        8 when key.SequenceEqual("b64_json"u8) => Place.OtherOutput,
        9 when key.SequenceEqual("thread_id"u8) => Place.ThreadId,
        10 when key.SequenceEqual("candidates"u8) => Place.Candidate,
        10 when key.SequenceEqual("responseId"u8) => Place.ObjectId,
        10 when key.SequenceEqual("tool_usage"u8) => Place.ToolUsage,
        12 when key.SequenceEqual("service_tier"u8) => Place.ServiceTier,
        12 when key.SequenceEqual("modelVersion"u8) => Place.Model,
        13 when key.SequenceEqual("usageMetadata"u8) => Place.Usage,
        14 when key.SequenceEqual("trained_tokens"u8) => Place.TrainedTokens,
        15 when key.SequenceEqual("per_model_usage"u8) => Place.ModelUsage,
        _ => Place.Ignored,
    };

    /// <summary>Gemini's answers: each chunk brings text of its own.</summary>
    public static Place OfCandidate(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("content"u8) ? Place.TextPiece
        : key.SequenceEqual("finishReason"u8) ? Place.FinishReason
        : Place.Ignored;

    /// <summary>An item of a response's output.</summary>
    public static Place OfOutput(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("type"u8) ? Place.ItemType : OfText(key, Place.WholeText, Place.FreeWhole);

    /// <summary>A delta that is an object: Anthropic's.</summary>
    public static Place OfDelta(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("partial_json"u8) ? Place.TextPiece : OfText(key, Place.TextPiece, Place.FreePiece);

    /// <param name="text">The place of text.</param>
    /// <param name="free">The place of a tool's arguments.</param>
    public static Place OfText(ReadOnlySpan<byte> key, Place text, Place free) =>
        key.SequenceEqual("args"u8) || key.SequenceEqual("input"u8) ? free : IsText(key) ? text : Place.Ignored;

    public static Place OfToolUsage(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("image_gen"u8) ? Place.ImageTool
        : key.SequenceEqual("web_search"u8) ? Place.SearchTool
        : Place.Ignored;

    public static Place OfSearchTool(ReadOnlySpan<byte> key) => key.SequenceEqual("num_requests"u8) ? Place.WebSearches : Place.Ignored;

    public static Place OfServerTools(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("web_search_requests"u8) ? Place.WebSearches
        : key.SequenceEqual("web_fetch_requests"u8) ? Place.WebFetches
        : Place.Ignored;

    public static Place OfCacheCreation(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("ephemeral_1h_input_tokens"u8) ? Place.CacheWriteOneHour : Place.Ignored;

    public static Place OfModality(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("modality"u8) ? Place.ModalityName
        : key.SequenceEqual("tokenCount"u8) ? Place.ModalityCount
        : Place.Ignored;

    /// <summary>One pass of several: a usage of its own, maybe of another model.</summary>
    public static Place OfIteration(ReadOnlySpan<byte> key) => key.SequenceEqual("model"u8) ? Place.IterationModel : OfUsage(key);

    /// <summary>What one model of an evaluation used.</summary>
    public static Place OfModelUsage(ReadOnlySpan<byte> key) => key.SequenceEqual("model_name"u8) ? Place.ModelUsageName : OfUsage(key);

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
        5 => key.SequenceEqual("audio"u8) || key.SequenceEqual("parts"u8) || key.SequenceEqual("value"u8),
        6 => key.SequenceEqual("custom"u8),
        7 => key.SequenceEqual("content"u8) || key.SequenceEqual("refusal"u8) || key.SequenceEqual("summary"u8),
        8 => key.SequenceEqual("function"u8) || key.SequenceEqual("thinking"u8),
        9 => key.SequenceEqual("reasoning"u8) || key.SequenceEqual("arguments"u8),
        10 => key.SequenceEqual("tool_calls"u8) || key.SequenceEqual("transcript"u8),
        12 => key.SequenceEqual("functionCall"u8) || key.SequenceEqual("step_details"u8),
        13 => key.SequenceEqual("function_call"u8),
        14 => key.SequenceEqual("executableCode"u8),
        17 => key.SequenceEqual("reasoning_content"u8),
        _ => false,
    };

    public static Place OfUsage(ReadOnlySpan<byte> key)
    {
        return key.Length switch
        {
            7 when key.SequenceEqual("seconds"u8) => Place.Milliseconds,
            10 when key.SequenceEqual("iterations"u8) => Place.Iteration,
            11 when key.SequenceEqual("serviceTier"u8) => Place.ServiceTier,
            12 when key.SequenceEqual("input_tokens"u8) => Place.InputTokensBesideCache,
            12 when key.SequenceEqual("total_tokens"u8) => Place.TotalTokens,
            12 when key.SequenceEqual("service_tier"u8) => Place.ServiceTier,
            13 when key.SequenceEqual("prompt_tokens"u8) => Place.InputTokens,
            13 when key.SequenceEqual("output_tokens"u8) => Place.OutputTokens,
            13 when key.SequenceEqual("cached_tokens"u8) => Place.Cached,
            14 when key.SequenceEqual("cache_creation"u8) => Place.CacheCreation,
            15 when key.SequenceEqual("server_tool_use"u8) => Place.ServerTools,
            15 when key.SequenceEqual("totalTokenCount"u8) => Place.TotalTokens,
            16 when key.SequenceEqual("promptTokenCount"u8) => Place.Prompt,
            17 when key.SequenceEqual("cost_in_usd_ticks"u8) => Place.CostTicks,
            16 when key.SequenceEqual("reasoning_tokens"u8) => Place.Reasoning,
            17 when key.SequenceEqual("completion_tokens"u8) => Place.OutputTokens,
            17 when key.SequenceEqual("num_cached_tokens"u8) => Place.Cached,
            18 when key.SequenceEqual("total_input_tokens"u8) => Place.Prompt,
            18 when key.SequenceEqual("thoughtsTokenCount"u8) => Place.Thoughts,
            18 when key.SequenceEqual("responseTokenCount"u8) => Place.Candidates,
            18 when key.SequenceEqual("cacheTokensDetails"u8) => Place.CachedModality,
            18 when key.SequenceEqual("promptTokenDetails"u8) => Place.InputModality,
            19 when key.SequenceEqual("promptTokensDetails"u8) => Place.InputModality,
            19 when key.SequenceEqual("total_output_tokens"u8) => Place.Candidates,
            19 when key.SequenceEqual("total_cached_tokens"u8) => Place.Cached,
            20 when key.SequenceEqual("total_thought_tokens"u8) => Place.Thoughts,
            20 when key.SequenceEqual("candidatesTokenCount"u8) => Place.Candidates,
            20 when key.SequenceEqual("prompt_audio_seconds"u8) => Place.AudioSeconds,
            21 when key.SequenceEqual("total_tool_use_tokens"u8) => Place.ToolPrompt,
            23 when key.SequenceEqual("server_tool_use_details"u8) => Place.ServerTools,
            23 when key.SequenceEqual("toolUsePromptTokenCount"u8) => Place.ToolPrompt,
            23 when key.SequenceEqual("cachedContentTokenCount"u8) => Place.Cached,
            23 when key.SequenceEqual("candidatesTokensDetails"u8) => Place.OutputModality,
            23 when key.SequenceEqual("prompt_cache_hit_tokens"u8) => Place.Cached,
            23 when key.SequenceEqual("cache_read_input_tokens"u8) => Place.CacheReadBeside,
            26 when key.SequenceEqual("num_server_side_tools_used"u8) => Place.OtherTools,
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
        key.SequenceEqual("reasoning_tokens"u8) || key.SequenceEqual("thinking_tokens"u8) ? Place.Reasoning
        : key.SequenceEqual("audio_tokens"u8) ? Place.OutputAudio
        : key.SequenceEqual("image_tokens"u8) ? Place.OutputImage
        : Place.Ignored;

    public static Place OfCachedDetails(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("audio_tokens"u8) ? Place.CachedAudio
        : key.SequenceEqual("image_tokens"u8) ? Place.CachedImage
        : Place.Ignored;
}
