namespace AiGateway.Storage.Tables;

/// <summary>usage_daily: rollup of usage and correction rows by UTC day, account, action and model; written with them.</summary>
internal sealed class UsageDailyRow
{
    /// <summary>Days since 1970-01-01, UTC.</summary>
    public int Day { get; set; }
    public long AccountId { get; set; }
    public required string ActionType { get; set; }
    /// <summary>Empty where the charge names no model.</summary>
    public required string Model { get; set; }
    public long Calls { get; set; }
    public long Tokens { get; set; }
    public long CostNanoUsd { get; set; }
    public long PromptTokens { get; set; }
    public long CompletionTokens { get; set; }
    public long CachedTokens { get; set; }
    public long ReasoningTokens { get; set; }
}
