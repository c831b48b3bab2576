namespace AiGateway.Storage.Tables;

/// <summary>api_keys: hashes only; a key is shown once, when it is made.</summary>
internal sealed class ApiKeyRow
{
    /// <summary>The public id, the middle part of agw_usr_… and agw_app_….</summary>
    public required string Id { get; set; }
    /// <summary>0 user, 1 app.</summary>
    public int Kind { get; set; }
    public string? UserId { get; set; }
    public required string Name { get; set; }
    /// <summary>SHA-256 of the secret part (256 random bits need no slow hash).</summary>
    public required byte[] SecretHash { get; set; }
    public long CreatedAt { get; set; }
    public long? ExpiresAt { get; set; }
    public long? RevokedAt { get; set; }
    /// <summary>Which models it is for, with commas between; null: all.</summary>
    public string? Models { get; set; }
}
