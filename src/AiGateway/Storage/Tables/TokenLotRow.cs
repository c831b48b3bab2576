namespace AiGateway.Storage.Tables;

/// <summary>token_lots: one row a grant.</summary>
internal sealed record TokenLotRow
{
    public long Id { get; init; }
    public long AccountId { get; init; }
    public required string SourceKey { get; init; }
    /// <summary>Burn order: 0 trial, 1 promo, 2 subscription, 3 pack.</summary>
    public int Priority { get; init; }
    public required string ActionType { get; init; }
    public long Granted { get; init; }
    public long Remaining { get; init; }
    public long Expired { get; init; }
    public long ClawedBack { get; init; }
    /// <summary>Unix ms; null: never.</summary>
    public long? ExpiresAt { get; init; }
    /// <summary>Unix ms; when a newer grant took its place before it expired. Null: none did. The expiry stays, because burn order depends on it.</summary>
    public long? EndedAt { get; init; }
    /// <summary>Unix ms; start of the period that was paid for, which tells an older subscription lot from a newer one whatever came first. Null: none was named.</summary>
    public long? PeriodStart { get; init; }
    public long CreatedAt { get; init; }
    /// <summary>Nothing was left of it when the account's present period began: it no longer counts in the allocation.</summary>
    public bool UsedUpBefore { get; init; }
}
