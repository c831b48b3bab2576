namespace AiGateway.Storage.Tables;

/// <summary>token_transactions: append-only; the table that others read. Key (account_id, seq), seq gapless within the account.</summary>
internal sealed class TokenTransactionRow
{
    public required Guid Id { get; set; }
    public long AccountId { get; set; }
    public long Seq { get; set; }
    public required string UserId { get; set; }
    /// <summary>usage, grant, removal or correction.</summary>
    public required string Entry { get; set; }
    public required string ActionType { get; set; }
    /// <summary>Positive for deductions, negative for grants.</summary>
    public long TokensUsed { get; set; }
    public long TokensRemaining { get; set; }
    /// <summary>Computed from <see cref="CostNanoUsd"/>, rounded to six places; sums use the nano figure.</summary>
    public decimal EstimatedCostUsd { get; set; }
    public long CostNanoUsd { get; set; }
    public string? OpenAiModel { get; set; }
    public long PromptTokens { get; set; }
    public long CompletionTokens { get; set; }
    public long CachedTokens { get; set; }
    public long ReasoningTokens { get; set; }
    /// <summary>reported, estimated or presumed; null on grants and removals.</summary>
    public string? UsageSource { get; set; }
    public string? RequestId { get; set; }
    public string? SourceKey { get; set; }
    public string? PriceVersion { get; set; }
    public string? Metadata { get; set; }
    public DateTime CreatedAt { get; set; }
}
