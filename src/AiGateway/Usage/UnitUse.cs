namespace AiGateway.Usage;

/// <summary>What is used besides tokens.</summary>
internal enum UsageUnit
{
    /// <summary>Pictures made; the variant is size/quality, e.g. <c>1024x1024/hd</c>.</summary>
    Image,
    /// <summary>Sound heard or made, in milliseconds; priced by the minute.</summary>
    AudioMillisecond,
    /// <summary>Characters spoken; priced by the million.</summary>
    Character,
    /// <summary>A film, in milliseconds; priced by the second, the variant is its size, e.g. <c>720x1280</c>.</summary>
    FilmMillisecond,
    /// <summary>Tokens that a training took; priced by the million.</summary>
    TrainedToken,
    /// <summary>Tool calls, priced by the thousand; the variant is the tool, e.g. <c>web_search</c>.</summary>
    ToolCall,
}

/// <summary>So many units of one kind.</summary>
internal readonly record struct UnitUse(UsageUnit Unit, long Quantity, string? Variant = null);
