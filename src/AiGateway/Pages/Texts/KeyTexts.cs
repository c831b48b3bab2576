namespace AiGateway.Pages.Texts;

/// <summary>Keys, on /admin/keys and on a user's page.</summary>
internal static class KeyTexts
{
    public const string Title = "Keys";
    public const string Lead = "An app key stays on a server and names its user on each call; a user key is one user's own. Secrets are kept as hashes and shown once.";
    public const string NoneOfUser = "No key of this user's own. Your app's key can call in this user's name.";
    public const string None = "No key was made yet.";
    public const string Make = "Make key";
    public const string MakeApp = "Make an app key";
    public const string NameOf = "Name of a new key";
    public const string BadName = "Give the key a name of 1 to 128 characters. Nothing was changed.";
    public const string BadDay = "The day must lie in the future. Nothing was changed.";
    public const string BadModels = "Models are names, or beginnings of names with a * at the end, at most 30. Nothing was changed.";
    public const string Expires = "Until (UTC, optional)";
    public const string Models = "Only for models (optional)";
    public const string ModelsHint = "With commas between; * at the end stands for any ending.";

    public const string Live = "Live";
    public const string Revoked = "Revoked";
    public const string Expired = "Expired";
    public const string Rotate = "Rotate";
    public const string Revoke = "Revoke";

    public const string MadeTitle = "Here is the key";
    public const string Kept = "I have kept it";
    public const string GoneTitle = "No such key";
    public const string Gone = "It does not exist, or was revoked before. Nothing was changed.";
    public const string Back = "Back";

    public static string Made(string name) => $"“{name}” is shown this once. Keep it where your app keeps its secrets: here, only its hash is kept.";
    public static string MadeOn(DateTime at) => $"made {Formats.Day(at)}";
    public static string LiveUntil(DateTime at) => $"Live until {Formats.Day(at)}";
    public static string EndsOn(DateTime at) => $"Ends {Formats.Time(at)}";
}
