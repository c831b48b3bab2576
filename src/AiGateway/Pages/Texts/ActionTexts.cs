namespace AiGateway.Pages.Texts;

/// <summary>Action types and states of the ledger, as people call them.</summary>
internal static class ActionTexts
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["chat"] = "Coach chat", ["audio_transcription"] = "Audio transcription", ["subscription_grant"] = "Plan started", ["renewal_grant"] = "Plan renewed",
        ["token_pack"] = "Token pack", ["trial_grant"] = "Welcome tokens", ["promo_grant"] = "Gift", ["expiry"] = "Expired", ["refund"] = "Refund",
        ["dispute"] = "Disputed payment", ["adjustment"] = "Adjustment", ["correction"] = "Correction",
    };

    /// <summary>Names that nobody gave words are written out: "mood_board" is "Mood board".</summary>
    public static string Name(string action)
    {
        if (Names.TryGetValue(action, out var name))
            return name;
        var words = action.Replace('_', ' ').Replace('.', ' ').Replace('-', ' ').Trim();
        return words.Length == 0 ? action : char.ToUpperInvariant(words[0]) + words[1..];
    }
}
