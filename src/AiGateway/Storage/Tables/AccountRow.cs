namespace AiGateway.Storage.Tables;

/// <summary>accounts: one mutable row a user, the only place where a balance lives. Written by the ledger alone.</summary>
internal sealed class AccountRow
{
    public long Id { get; set; }
    public required string UserId { get; set; }
    /// <summary>0 active, 1 suspended.</summary>
    public int Status { get; set; }
    public long Balance { get; set; }
    public long Held { get; set; }
    /// <summary>Tokens used that no lot has been charged with yet.</summary>
    public long Unattributed { get; set; }
    /// <summary>The seq of the account's last ledger row.</summary>
    public long Seq { get; set; }
    /// <summary>Tokens granted by unexpired lots that were not used up before this period began.</summary>
    public long Allocation { get; set; }
    /// <summary>The next moment at which a lot expires or the period ends; long.MaxValue: never.</summary>
    public long NextDueAt { get; set; }
    public long WindowStart { get; set; }
    public int WindowCalls { get; set; }
    public long PeriodStart { get; set; }
    public long PeriodEnd { get; set; }
    public long PeriodUsed { get; set; }
    /// <summary>The period is a subscription's (1), else the UTC month (0).</summary>
    public int PeriodKind { get; set; }
    public long CreatedAt { get; set; }
}
