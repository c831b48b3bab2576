namespace AiGateway.Storage.Tables;

/// <summary>leases: which node does work that one node shall do, and until when.</summary>
internal sealed record LeaseRow
{
    public required string Name { get; init; }
    public required string Holder { get; init; }
    /// <summary>Unix ms; from then on another node may take it.</summary>
    public long ExpiresAt { get; init; }
}
