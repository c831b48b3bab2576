namespace AiGateway.Pages.Texts;

/// <summary>What several of the operator's pages say.</summary>
internal static class OperatorTexts
{
    public const string EntryUsage = "Used";
    public const string EntryGrant = "Granted";
    public const string EntryRemoval = "Taken";
    public const string EntryCorrection = "Corrected";

    public const string User = "User";
    public const string Time = "Time";
    public const string Action = "Action";
    public const string Model = "Model";
    public const string Tokens = "Tokens";
    public const string Cost = "Cost";
    public const string State = "State";
    public const string Name = "Name";
    public const string All = "All";
    public const string Any = "Any";
    public const string Filter = "Show";
    public const string Reset = "Reset";
    public const string None = "–";
    public const string BadCursor = "This place in the list is gone. Begin again at its top.";

    /// <param name="key">Where it sits in the document; empty: the file as a whole.</param>
    public static string Place(int line, int column, string key, string message) => $"Line {line}, column {column}{(key.Length > 0 ? $", {key}" : "")}: {message}";
}
