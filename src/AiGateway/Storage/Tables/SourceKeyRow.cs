namespace AiGateway.Storage.Tables;

/// <summary>source_keys: every grant, removal, clawback and external charge once, for ever.</summary>
internal sealed class SourceKeyRow
{
    public required string SourceKey { get; set; }
    public long AccountId { get; set; }
    /// <summary>What was asked, in one line: a repeat with other content is a conflict.</summary>
    public required string Fingerprint { get; set; }
    /// <summary>Tokens moved.</summary>
    public long Tokens { get; set; }
    public long LotId { get; set; }
    public long Seq { get; set; }
    public long CreatedAt { get; set; }
}
