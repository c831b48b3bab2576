namespace AiGateway.Storage.Tables;

/// <summary>accounts: one mutable row a user, the only place where a balance lives. Written by the ledger alone.</summary>
internal sealed record AccountRow
{
    public long Id { get; init; }
    public required string UserId { get; init; }
    /// <summary>0 active, 1 suspended, 2 frozen by an audit.</summary>
    public int Status { get; init; }
    public long Balance { get; init; }
    public long Held { get; init; }
    /// <summary>Tokens used that no lot has been charged with yet.</summary>
    public long Unattributed { get; init; }
    /// <summary>The seq of the account's last ledger row.</summary>
    public long Seq { get; init; }
    /// <summary>Tokens granted by unexpired lots that were not used up before this period began.</summary>
    public long Allocation { get; init; }
    /// <summary>The next moment at which a lot expires or the period ends; long.MaxValue: never.</summary>
    public long NextDueAt { get; init; }
    /// <summary>An expired lot still keeps tokens that cover open holds: it is looked at again when a hold closes.</summary>
    public bool HasResidue { get; init; }
    /// <summary>When the hourly window opened; meaningless while <see cref="WindowCalls"/> is 0.</summary>
    public long WindowStart { get; init; }
    public int WindowCalls { get; init; }
    public long PeriodStart { get; init; }
    public long PeriodEnd { get; init; }
    public long PeriodUsed { get; init; }
    /// <summary>The period is a subscription's (1), else the UTC month (0).</summary>
    public int PeriodKind { get; init; }
    public long CreatedAt { get; init; }
}
