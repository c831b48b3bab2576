namespace AiGateway.Storage.Tables;

/// <summary>token_holds: held → dispatched → settled | released | expired. Key (account_id, request_id). Purged a week after it closed.</summary>
internal sealed class TokenHoldRow
{
    public long AccountId { get; set; }
    public required string RequestId { get; set; }
    public long Amount { get; set; }
    /// <summary>0 held, 1 dispatched, 2 settled, 3 released, 4 expired (released unsent), 5 presumed (expired after dispatch, charged by presumption).</summary>
    public int State { get; set; }
    public long CreatedAt { get; set; }
    public long ExpiresAt { get; set; }
    public long ClosedAt { get; set; }
    public required string ActionType { get; set; }
    public string? Model { get; set; }
    public string? Metadata { get; set; }
    public long PresumedInput { get; set; }
    public long PresumedOutput { get; set; }
    public long InputNanoUsdPerMillion { get; set; }
    public long OutputNanoUsdPerMillion { get; set; }
    public string? PriceVersion { get; set; }
    /// <summary>Output tokens seen so far; -1: no checkpoint was stored.</summary>
    public long SeenOutput { get; set; } = -1;
    /// <summary>Tokens charged in all, corrections included; cost likewise.</summary>
    public long Charged { get; set; }
    public long ChargedNanoUsd { get; set; }
    /// <summary>The seq of the charge row; 0: none.</summary>
    public long ChargeSeq { get; set; }
}
