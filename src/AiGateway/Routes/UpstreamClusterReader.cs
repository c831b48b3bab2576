using AiGateway.ConfigFiles;

namespace AiGateway.Routes;

/// <summary>Makes an <see cref="UpstreamCluster"/> of a cluster's section.</summary>
internal sealed class UpstreamClusterReader(Func<string, string?> secret, ConfigProblems problems)
{
    public UpstreamCluster Read(ConfigMember cluster)
    {
        var metadata = new MetadataReader(cluster.Value, "Upstream.", problems);
        var (name, prefix) = metadata.Find("AuthHeader") is { } header ? AuthHeader(header) : ("Authorization", "Bearer ");
        var key = metadata.Find("ApiKey", new() { ["type"] = "string", ["pattern"] = "^(env|file):." }) is { } node ? ApiKey(node) : null;
        metadata.NoOthers("Metering.");
        return new UpstreamCluster { ClusterId = cluster.Name, ApiKey = key, AuthHeaderName = name, AuthValuePrefix = prefix };
    }

    // "Authorization: Bearer" or just "api-key".
    private (string Name, string Prefix) AuthHeader(ConfigNode node)
    {
        var colon = node.Text.IndexOf(':');
        var name = (colon < 0 ? node.Text : node.Text[..colon]).Trim();
        var scheme = colon < 0 ? "" : node.Text[(colon + 1)..].Trim();
        if (name.Length == 0 || !name.All(IsTokenCharacter)) problems.Error(node, $"\"{node.Text}\" is no header: write \"Header\" or \"Header: Prefix\"");
        if (scheme.Length > 0 && !scheme.All(IsTokenCharacter)) problems.Error(node, $"\"{scheme}\" is no prefix of a credential: the key itself goes to Upstream.ApiKey");
        return (name, scheme.Length == 0 ? "" : scheme + " ");
    }

    private string? ApiKey(ConfigNode node)
    {
        if (node.Text.StartsWith("env:", StringComparison.Ordinal) && node.Text.Length > 4) return FromEnvironment(node, node.Text[4..].Trim());
        if (node.Text.StartsWith("file:", StringComparison.Ordinal) && node.Text.Length > 5) return FromFile(node, node.Text[5..].Trim());
        // The value itself is not repeated: it may be a key, and this goes to logs.
        problems.Error(node, "a key must not be written here: use env:NAME or file:PATH");
        return null;
    }

    private string? FromEnvironment(ConfigNode node, string name)
    {
        var value = secret(name)?.Trim();
        if (!string.IsNullOrEmpty(value)) return value;
        problems.Warn(node, $"{name} is not set: no credential is sent to this provider");
        return null;
    }

    private string? FromFile(ConfigNode node, string path)
    {
        try
        {
            if (File.ReadAllText(path).Trim() is { Length: > 0 } value) return value;
            problems.Warn(node, $"{path} is empty: no credential is sent to this provider");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Warn(node, $"{path} cannot be read ({exception.GetType().Name}): no credential is sent to this provider");
        }
        return null;
    }

    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c);
}
