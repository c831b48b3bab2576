namespace AiGateway.Storage.Tables;

/// <summary>token_lots: one row a grant.</summary>
internal sealed class TokenLotRow
{
    public long Id { get; set; }
    public long AccountId { get; set; }
    public required string SourceKey { get; set; }
    /// <summary>Burn order: 0 trial, 1 promo, 2 subscription, 3 pack.</summary>
    public int Priority { get; set; }
    public required string ActionType { get; set; }
    public long Granted { get; set; }
    public long Remaining { get; set; }
    public long Expired { get; set; }
    public long ClawedBack { get; set; }
    /// <summary>Unix ms; null: never.</summary>
    public long? ExpiresAt { get; set; }
    public long CreatedAt { get; set; }
    /// <summary>Nothing was left of it when the account's present period began: it no longer counts in the allocation.</summary>
    public bool UsedUpBefore { get; set; }
}
