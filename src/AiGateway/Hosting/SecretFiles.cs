using System.Collections;

namespace AiGateway.Hosting;

/// <summary>Secrets as files: NAME_FILE names a file that holds NAME, and /run/secrets holds a file a secret.</summary>
internal static class SecretFiles
{
    private const string Suffix = "_FILE";
    private const string Folder = "/run/secrets";

    public static void AddSecretFiles(this ConfigurationManager configuration) => ((IConfigurationBuilder)configuration).Add(new Source());

    /// <summary>What the files hold now, by the keys that they stand for.</summary>
    private static Dictionary<string, string?> Read()
    {
        var found = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (Directory.Exists(Folder))
            foreach (var file in Directory.EnumerateFiles(Folder))
                found[Key(Path.GetFileName(file))] = File.ReadAllText(file).Trim();
        foreach (var (name, path) in Named().Where(named => File.Exists(named.Path)))
            found[Key(name[..^Suffix.Length])] = File.ReadAllText(path).Trim();
        return found;
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
        || name.StartsWith("Metrics__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase);

    private sealed class Source : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider();
    }

    /// <summary>Looks again while the program runs: a secret is changed by writing its file. Two looks must agree, because a file may be half written.</summary>
    private sealed class Provider : ConfigurationProvider, IDisposable
    {
        private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

        private readonly ITimer _timer;
        private Dictionary<string, string?>? _seenOnce;

        public Provider() => _timer = TimeProvider.System.CreateTimer(_ => Look(), null, LookEvery, LookEvery);

        public override void Load() => Data = Read();

        public void Dispose() => _timer.Dispose();

        private void Look()
        {
            try
            {
                var now = Read();
                if (IsSame(now, Data))
                    _seenOnce = null;
                else if (_seenOnce is { } seen && IsSame(now, seen))
                    Take(now);
                else
                    _seenOnce = now;
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It is being replaced, or was taken away: what it held stays in force.
                _seenOnce = null;
            }
        }

        private void Take(Dictionary<string, string?> now)
        {
            // A file that is gone is no order to forget its secret.
            foreach (var (key, value) in Data)
                now.TryAdd(key, value);
            (Data, _seenOnce) = (now, null);
            OnReload();
        }

        private static bool IsSame(Dictionary<string, string?> one, IDictionary<string, string?> other) =>
            one.All(pair => other.TryGetValue(pair.Key, out var value) && value == pair.Value);
    }
}
