namespace AiGateway.Storage.Tables;

/// <summary>token_holds: held → dispatched → settled | released | expired. Key (account_id, request_id). Purged a week after it closed.</summary>
internal sealed record TokenHoldRow
{
    public long AccountId { get; init; }
    public required string RequestId { get; init; }
    public long Amount { get; init; }
    /// <summary>0 held, 1 dispatched, 2 settled, 3 released, 4 expired (released unsent), 5 presumed (expired after dispatch, charged by presumption).</summary>
    public int State { get; init; }
    public long CreatedAt { get; init; }
    public long ExpiresAt { get; init; }
    public long ClosedAt { get; init; }
    public required string ActionType { get; init; }
    public string? Model { get; init; }
    public string? Metadata { get; init; }
    public long PresumedInput { get; init; }
    public long PresumedOutput { get; init; }
    public long InputNanoUsdPerMillion { get; init; }
    public long OutputNanoUsdPerMillion { get; init; }
    public string? PriceVersion { get; init; }
    /// <summary>Output tokens seen so far; -1: no checkpoint was stored.</summary>
    public long SeenOutput { get; init; } = -1;
    /// <summary>Tokens charged in all, corrections included; cost likewise.</summary>
    public long Charged { get; init; }
    public long ChargedNanoUsd { get; init; }
    /// <summary>The seq of the charge row; 0: none.</summary>
    public long ChargeSeq { get; init; }
}
