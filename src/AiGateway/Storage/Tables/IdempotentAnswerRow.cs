namespace AiGateway.Storage.Tables;

/// <summary>idempotent_answers: one row a caller's Idempotency-Key, kept 24 hours. The answer is an opaque blob.</summary>
internal sealed record IdempotentAnswerRow
{
    public required string UserId { get; init; }
    /// <summary>SHA-256 of method, path and the caller's key.</summary>
    public required byte[] KeyHash { get; init; }
    /// <summary>SHA-256 of the request's body.</summary>
    public required byte[] BodyHash { get; init; }
    /// <summary>0 running, 1 kept, 2 finished but too large to keep.</summary>
    public int State { get; init; }
    public required string RequestId { get; init; }
    /// <summary>Until when a running call may be believed to run; a crash frees the key then.</summary>
    public long ExpiresAt { get; init; }
    public long CreatedAt { get; init; }
    public int Status { get; init; }
    /// <summary>Header lines, name: value, one a line.</summary>
    public string? Headers { get; init; }
    public byte[]? Body { get; init; }
}
