using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Pages.Texts;

namespace AiGateway.Pages.Admin;

/// <summary>Keys as a list with what can be done to them.</summary>
/// <param name="Back">The page to come back to.</param>
internal sealed record KeyListModel(IReadOnlyList<KeyInfo> Keys, string Back, DateTime Now)
{
    /// <returns>The kind of a badge, and its word.</returns>
    public (string Kind, string Word) StateOf(KeyInfo key) =>
        key.RevokedAt is { } revoked ? ("plain", Words.Time(revoked) > Now ? KeyTexts.EndsOn(Words.Time(revoked)) : KeyTexts.Revoked)
        : key.ExpiresAt is not { } expires ? ("ok", KeyTexts.Live)
        : Words.Time(expires) <= Now ? ("low", KeyTexts.Expired)
        : ("ok", KeyTexts.LiveUntil(Words.Time(expires)));
}
