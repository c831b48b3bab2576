namespace AiGateway.Storage.Tables;

/// <summary>data_protection_keys: what cookies and sign-in tokens are sealed with, shared by all nodes.</summary>
internal sealed record DataProtectionKeyRow
{
    public required string Id { get; init; }
    public required string Xml { get; init; }
    public long CreatedAt { get; init; }
}
