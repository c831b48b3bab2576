namespace AiGateway.Storage.Tables;

/// <summary>usage_daily: rollup of usage and correction rows by UTC day, account, action and model; written with them.</summary>
internal sealed record UsageDailyRow
{
    /// <summary>Days since 1970-01-01, UTC.</summary>
    public int Day { get; init; }
    public long AccountId { get; init; }
    public required string ActionType { get; init; }
    /// <summary>Empty where the charge names no model.</summary>
    public required string Model { get; init; }
    public long Calls { get; init; }
    public long Tokens { get; init; }
    public long CostNanoUsd { get; init; }
    public long PromptTokens { get; init; }
    public long CompletionTokens { get; init; }
    public long CachedTokens { get; init; }
    public long ReasoningTokens { get; init; }
}
