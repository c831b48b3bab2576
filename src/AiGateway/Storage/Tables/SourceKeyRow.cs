namespace AiGateway.Storage.Tables;

/// <summary>source_keys: every grant, removal, clawback and external charge once, for ever.</summary>
internal sealed record SourceKeyRow
{
    public required string SourceKey { get; init; }
    public long AccountId { get; init; }
    /// <summary>What was asked, in one line: a repeat with other content is a conflict.</summary>
    public required string Fingerprint { get; init; }
    /// <summary>Tokens moved.</summary>
    public long Tokens { get; init; }
    public long LotId { get; init; }
    public long Seq { get; init; }
    public long CreatedAt { get; init; }
}
