namespace AiGateway.Usage;

/// <summary>Where in an answer a value stands, as far as metering cares.</summary>
internal enum Place : byte
{
    Ignored,

    /// <summary>The document itself; of an event, also the response or message object in it.</summary>
    Root, Response, Choice, Groq, Candidate, Output,

    ObjectId, Model, ServiceTier, Status, EventType, ObjectKind, FinishReason,

    /// <summary>Generated text that comes once: a delta.</summary>
    TextPiece,

    /// <summary>Generated text of an object that is whole, or that repeats what deltas brought.</summary>
    WholeText,

    /// <summary>A tool's arguments, written as an object: every string in it is generated.</summary>
    FreePiece, FreeWhole,

    /// <summary>A <c>delta</c> at the root, which is text or not by the event's type.</summary>
    TypedDelta,

    /// <summary>Sound or a picture, as base64.</summary>
    OtherOutput,

    /// <summary>The pictures of an answer, and what is said of them.</summary>
    Pictures, ImageSize, ImageQuality,

    /// <summary>How long the sound is, in seconds.</summary>
    CueEnd,

    /// <summary>The type of an output item, which may be a tool's call.</summary>
    ItemType,

    /// <summary>An error object or string, and what can stand in it; the loose ones stand at the root beside <c>type: error</c>.</summary>
    Error, ErrorCode, ErrorType, ErrorMessage, LooseCode, LooseMessage, Detail,

    /// <summary>What tools used beside the model's own usage.</summary>
    ToolUsage, SearchTool,

    /// <summary>What jobs say of themselves: the thread of a run, the tokens that a training took, the length of a film, what each model of an evaluation used.</summary>
    ThreadId, TrainedTokens, FilmSeconds, ModelUsage, ModelUsageName,

    /// <summary>One kind of token in Gemini's lists.</summary>
    ModalityName, ModalityCount, IterationModel,

    Usage, ImageTool, Iteration, ServerTools, CacheCreation,
    InputDetails, OutputDetails, CachedDetails, InputModality, OutputModality, CachedModality,
    InputTokens, InputTokensBesideCache, OutputTokens, TotalTokens,
    Cached, CacheWrite, CacheReadBeside, CacheWriteBeside, CacheWriteOneHour, CachedAudio, CachedImage,
    InputAudio, InputImage, AudioSeconds, Milliseconds,
    Prompt, ToolPrompt, Candidates, Thoughts,
    WebSearches, WebFetches, OtherTools, CostTicks,
    Reasoning, OutputAudio, OutputImage,
}
