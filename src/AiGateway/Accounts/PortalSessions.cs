using System.Globalization;

namespace AiGateway.Accounts;

/// <summary>One user's leave to look at his own account from a browser.</summary>
internal sealed record PortalSession(string UserId, DateTimeOffset ExpiresAt);

/// <summary>
/// Makes and opens the tokens that an app's server hands to one user's browser. The token itself says for whom and until when, under seal,
/// so that every node can read it and none has to keep it. It is no key: the proxied paths do not know it.
/// </summary>
internal sealed class PortalSessions(ISeal seal, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const string Prefix = "agw_ptl_";

    /// <summary>Longer than any that is made here: what is longer is not looked at.</summary>
    private const int MaxLength = 2048;

    public static bool LooksLikeToken(string credential) => credential.StartsWith(Prefix, StringComparison.Ordinal);

    public (string Token, DateTimeOffset ExpiresAt) Open(string userId)
    {
        // Whole seconds: the token, the answer that names its end and the cookie say the same.
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        return (Prefix + seal.Seal(string.Create(CultureInfo.InvariantCulture, $"{expiresAt.ToUnixTimeSeconds()} {userId}")), expiresAt);
    }

    /// <returns>Null: not one of ours, or its time is over.</returns>
    public PortalSession? Find(string? token)
    {
        if (token is null || token.Length > MaxLength || !LooksLikeToken(token) || seal.Open(token[Prefix.Length..]) is not { } text)
            return null;
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds(long.Parse(text.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture));
        return expiresAt > time.GetUtcNow() ? new PortalSession(text[(space + 1)..], expiresAt) : null;
    }
}
