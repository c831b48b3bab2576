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
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (variable is { Key: string name, Value: string path } && name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) && IsOurs(name) && File.Exists(path))
                found[Key(name[..^Suffix.Length])] = File.ReadAllText(path).Trim();
        configuration.AddInMemoryCollection(found);
    }

    private static string Key(string name) => name.Replace("__", ":", StringComparison.Ordinal);

    private static bool IsOurs(string name) =>
        name.StartsWith("OPENAI_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("STRIPE_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Admin__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase);
}
