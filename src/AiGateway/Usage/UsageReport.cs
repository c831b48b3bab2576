namespace AiGateway.Usage;

/// <summary>
/// Tokens in one meaning for every provider. Input includes cache reads, cache writes, tool prompts, audio and images;
/// output includes reasoning and audio. Null: the answer does not say.
/// </summary>
internal sealed record TokenCounts
{
    public long? Input { get; init; }
    public long? CacheRead { get; init; }
    public long? CacheWrite { get; init; }
    public long? CacheWriteOneHour { get; init; }
    public long? Output { get; init; }
    public long? Reasoning { get; init; }
    public long? InputAudio { get; init; }
    public long? InputImage { get; init; }
    public long? CacheReadAudio { get; init; }
    public long? CacheReadImage { get; init; }
    public long? OutputAudio { get; init; }
    public long? OutputImage { get; init; }
}

/// <summary>Tokens that a model of its own used inside an answer: a pass of an advisor, say.</summary>
internal sealed record ModelTokens(string Model, TokenCounts Tokens);

/// <summary>How the work stands that an answer tells of.</summary>
internal enum WorkState
{
    /// <summary>The answer names no state.</summary>
    None,
    Unfinished,
    Done,
    /// <summary>Failed, cancelled or expired.</summary>
    Failed,
}

/// <summary>What one answer's bytes say was used. All of it is what was seen so far: a cut stream leaves parts null.</summary>
internal sealed record UsageReport
{
    /// <summary>The provider's own count; null: it gave none (which is not zero).</summary>
    public TokenCounts? Tokens { get; init; }

    /// <summary>Of <see cref="Tokens"/>, what models other than <see cref="Model"/> used.</summary>
    public ValueList<ModelTokens> OtherModels { get; init; } = ValueList<ModelTokens>.Empty;

    /// <summary>Tokens beside <see cref="Tokens"/>: what the image tool of a response used.</summary>
    public TokenCounts? ImageToolTokens { get; init; }

    /// <summary>Calls of the provider's own tools, which it bills beside tokens.</summary>
    public ValueList<UnitUse> Tools { get; init; } = ValueList<UnitUse>.Empty;

    /// <summary>Pictures in the answer.</summary>
    public long Images { get; init; }

    /// <summary>Their size and quality, where the answer names them.</summary>
    public string? ImageSize { get; init; }
    public string? ImageQuality { get; init; }

    /// <summary>Sound that the provider bills by its length, in milliseconds; null: it says none.</summary>
    public long? SoundMilliseconds { get; init; }

    /// <summary>Tokens that a training took; null: it says none.</summary>
    public long? TrainedTokens { get; init; }

    /// <summary>How long the film is that a job makes, in milliseconds; its size is <see cref="ImageSize"/>.</summary>
    public long? FilmMilliseconds { get; init; }

    /// <summary>What the provider says that the answer cost, in nano-USD; null: it does not say.</summary>
    public long? CostNanoUsd { get; init; }

    /// <summary>How long the sound seems to be, in milliseconds: a transcript's duration or its last cue. No measure of the bill.</summary>
    public long? CueMilliseconds { get; init; }

    /// <summary>Something was made that is no text: sound, or a part of a picture.</summary>
    public bool HasOtherOutput { get; init; }

    /// <summary>The model that answered; the last non-empty one wins. Null: the answer names none.</summary>
    public string? Model { get; init; }

    /// <summary>The service tier that was used; the last one named.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The provider's id of the answer (chatcmpl-…, resp_…).</summary>
    public string? ObjectId { get; init; }

    /// <summary>The thread that a run belongs to.</summary>
    public string? ThreadId { get; init; }

    /// <summary>UTF-8 bytes of generated text seen: content, reasoning, refusals, tool arguments.</summary>
    public long OutputTextBytes { get; init; }

    /// <summary>An error object in the answer, or in an event of a 200 stream: its code, type or message.</summary>
    public string? Error { get; init; }

    /// <summary>The answer said that it was whole ([DONE], a terminal event, a complete JSON document).</summary>
    public bool IsComplete { get; init; }

    /// <summary>The last state that the answer named.</summary>
    public WorkState State { get; init; }
}
