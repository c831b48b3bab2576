namespace AiGateway.Storage.Tables;

/// <summary>token_transactions: append-only; the table that others read. Key (account_id, seq), seq gapless within the account.</summary>
internal sealed record TokenTransactionRow
{
    public required Guid Id { get; init; }
    public long AccountId { get; init; }
    public long Seq { get; init; }
    public required string UserId { get; init; }
    /// <summary>usage, grant, removal or correction.</summary>
    public required string Entry { get; init; }
    public required string ActionType { get; init; }
    /// <summary>Positive for deductions, negative for grants.</summary>
    public long TokensUsed { get; init; }
    public long TokensRemaining { get; init; }
    /// <summary>Computed from <see cref="CostNanoUsd"/>, rounded to six places; sums use the nano figure.</summary>
    public decimal EstimatedCostUsd { get; init; }
    public long CostNanoUsd { get; init; }
    public string? OpenAiModel { get; init; }
    public long PromptTokens { get; init; }
    public long CompletionTokens { get; init; }
    public long CachedTokens { get; init; }
    public long ReasoningTokens { get; init; }
    /// <summary>reported, estimated or presumed; null on grants and removals.</summary>
    public string? UsageSource { get; init; }
    public string? RequestId { get; init; }
    public string? SourceKey { get; init; }
    public string? PriceVersion { get; init; }
    public string? Metadata { get; init; }
    public DateTime CreatedAt { get; init; }
}
