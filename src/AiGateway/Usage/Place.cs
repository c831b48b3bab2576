namespace AiGateway.Usage;

/// <summary>Where in an answer a value stands, as far as metering cares.</summary>
internal enum Place : byte
{
    Ignored,

    /// <summary>The document itself; of an event, also the response object in it.</summary>
    Root, Response, Choice, Groq,

    ObjectId, Model, ServiceTier, Status, EventType, ObjectKind,

    /// <summary>Generated text that comes once: a delta.</summary>
    TextPiece,

    /// <summary>Generated text of an object that is whole, or that repeats what deltas brought.</summary>
    WholeText,

    /// <summary>A <c>delta</c> at the root, which is text or not by the event's type.</summary>
    TypedDelta,

    /// <summary>An error object or string, and what can stand in it; the loose ones stand at the root beside <c>type: error</c>.</summary>
    Error, ErrorCode, ErrorType, ErrorMessage, LooseCode, LooseMessage, Detail,

    Usage, InputDetails, OutputDetails, CachedDetails,
    InputTokens, InputTokensBesideCache, OutputTokens, TotalTokens,
    Cached, CacheWrite, CacheReadBeside, CacheWriteBeside, CachedAudio, CachedImage,
    InputAudio, InputImage, AudioSeconds,
    Reasoning, OutputAudio, OutputImage,
}
