using System.Collections;

namespace AiGateway.Hosting;

/// <summary>Secrets as files: NAME_FILE names a file that holds NAME, and /run/secrets holds a file a secret.</summary>
internal static class SecretFiles
{
    private const string Suffix = "_FILE";
    private const string Folder = "/run/secrets";

    public static void AddSecretFiles(this ConfigurationManager configuration)
    {
        var found = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (Directory.Exists(Folder))
            foreach (var file in Directory.EnumerateFiles(Folder))
                found[Key(Path.GetFileName(file))] = File.ReadAllText(file).Trim();
        foreach (var (name, path) in Named().Where(named => File.Exists(named.Path)))
            found[Key(name[..^Suffix.Length])] = File.ReadAllText(path).Trim();
        configuration.AddInMemoryCollection(found);
    }

    /// <summary>Variables that name a file that is not there.</summary>
    public static IEnumerable<string> Missing() => Named().Where(named => !File.Exists(named.Path)).Select(named => named.Name);

    /// <summary>Whether a setting is the _FILE form of one of these.</summary>
    public static bool IsFileOf(string setting, string[] keys) =>
        setting.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) && keys.Contains(setting[..^Suffix.Length], StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<(string Name, string Path)> Named() =>
        from DictionaryEntry variable in Environment.GetEnvironmentVariables()
        let named = (Name: (string)variable.Key, Path: variable.Value as string ?? "")
        where named.Name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) && IsOurs(named.Name)
        select named;

    private static string Key(string name) => name.Replace("__", ":", StringComparison.Ordinal);

    private static bool IsOurs(string name) =>
        name.StartsWith("OPENAI_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("STRIPE_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Admin__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Alerts__", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase);
}
