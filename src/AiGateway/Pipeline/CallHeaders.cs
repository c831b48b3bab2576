namespace AiGateway.Pipeline;

/// <summary>The caller's X-AiGateway-* request headers and his Idempotency-Key, checked.</summary>
/// <param name="Action">The action type he names; null: the route's own.</param>
/// <param name="Metadata">A flat JSON object, as sent; null: none.</param>
/// <param name="MaxTokens">Lowers this call's cap; null: the configured cap.</param>
/// <param name="IncludeUsage">He wants the numbers inside the stream.</param>
internal sealed record CallHeaders(string? Action, string? Metadata, long? MaxTokens, bool IncludeUsage)
{
    public static readonly CallHeaders None = new(null, null, null, false);

    /// <summary>1 to 255 characters; null: none was sent.</summary>
    public string? IdempotencyKey { get; init; }

    public const string IdempotencyKeyName = "Idempotency-Key";
    public const string IdempotencyReplayed = "Idempotency-Replayed";
    public const string RequestId = "X-AiGateway-Request-Id";
    public const string User = "X-AiGateway-User";
    public const string ActionName = "X-AiGateway-Action";
    public const string MetadataName = "X-AiGateway-Metadata";
    public const string MaxTokensName = "X-AiGateway-Max-Tokens";
    public const string Include = "X-AiGateway-Include";
    public const string TokensUsed = "X-AiGateway-Tokens-Used";
    public const string TokensRemaining = "X-AiGateway-Tokens-Remaining";
    public const string TokensHeld = "X-AiGateway-Tokens-Held";
    public const string BalanceStatus = "X-AiGateway-Balance-Status";
    public const string UsageSource = "X-AiGateway-Usage-Source";

    /// <summary>Every header of ours starts so; none of them reaches a provider.</summary>
    public const string Prefix = "X-AiGateway-";
}
