namespace AiGateway.Accounts;

/// <summary>What a credential is. Keys are stored as one of the first two.</summary>
internal enum KeyKind
{
    User = 0,
    App = 1,

    /// <summary>A token of the configured issuer: what holds for user keys holds for it. No key is of this kind.</summary>
    Jwt = 2,

    /// <summary>A portal session: one user, read-only but for buying, and no stranger to /gateway/v1 alone. No key is of this kind.</summary>
    Portal = 3,
}

/// <summary>Who is calling, by a credential that was checked.</summary>
/// <param name="UserId">The account behind a user key, a token or a portal session; null for an app key, which names its user on each call.</param>
/// <param name="KeyId">The key's public id; "jwt" for a token, "portal" for a portal session.</param>
internal sealed record Caller(KeyKind Kind, string? UserId, string KeyId)
{
    /// <summary>The models that the key is for, as names or beginnings of names with a *; empty: all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];
}
