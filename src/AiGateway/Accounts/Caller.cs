namespace AiGateway.Accounts;

internal enum KeyKind { User = 0, App = 1 }

/// <summary>Who is calling, by a credential that was checked.</summary>
/// <param name="UserId">The account behind a user key; null for an app key, which names its user on each call.</param>
/// <param name="KeyId">The credential's public id.</param>
internal sealed record Caller(KeyKind Kind, string? UserId, string KeyId);
