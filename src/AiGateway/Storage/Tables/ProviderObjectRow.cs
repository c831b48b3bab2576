namespace AiGateway.Storage.Tables;

/// <summary>
/// provider_objects: whose a stored object at the provider is, and whether work behind it is still to be charged.
/// Key (cluster_id, object_id); never purged, so that a deferred charge happens once.
/// </summary>
internal sealed record ProviderObjectRow
{
    public required string ClusterId { get; init; }
    public required string ObjectId { get; init; }
    public long AccountId { get; init; }
    /// <summary>0 owned only, 1 deferred: its usage is still to come, 2 closed: charged or found to cost nothing.</summary>
    public int State { get; init; }
    /// <summary>The hold that pays for it; null: none.</summary>
    public string? RequestId { get; init; }
    /// <summary>The route whose rules charge it.</summary>
    public string? RouteId { get; init; }
    /// <summary>Where to ask for it below the provider's address, with its query.</summary>
    public string? Path { get; init; }
    /// <summary>What to ask with, a name and a value a line; never a credential.</summary>
    public string? Headers { get; init; }
    public long CreatedAt { get; init; }
    public long NextLookAt { get; init; }
    public int Looks { get; init; }
    public long ClosedAt { get; init; }
}
