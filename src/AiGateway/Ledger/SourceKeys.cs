using System.Globalization;
using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>What makes a grant, a removal or an outside charge happen once: the key, and what was asked under it.</summary>
internal static class SourceKeys
{
    private const int MaxLength = 200;

    /// <returns>Null: a fine key. Otherwise the end of a sentence that says what is wrong.</returns>
    public static string? Check(string? key) =>
        string.IsNullOrWhiteSpace(key) || key.Length > MaxLength ? $"must have 1 to {MaxLength} characters; it makes this happen once."
        // SQL takes "k" and "k " for the same, whatever the collation.
        : key[^1] == ' ' ? "must not end with a space."
        : null;

    /// <summary>One line of what was asked. The user id comes last: it alone may hold any character.</summary>
    public static string Fingerprint(params ReadOnlySpan<object?> parts)
    {
        var texts = new string[parts.Length];
        for (var i = 0; i < parts.Length; i++)
            texts[i] = Convert.ToString(parts[i], CultureInfo.InvariantCulture) ?? "";
        return string.Join('|', texts);
    }

    public static SourceKeyRow Done(Draft draft, string sourceKey, string fingerprint, long tokens, long seq, long lotId = 0) => new()
    {
        SourceKey = sourceKey, AccountId = draft.Account.Id, Fingerprint = fingerprint, Tokens = tokens, LotId = lotId, Seq = seq,
        CreatedAt = draft.NowMs,
    };
}
