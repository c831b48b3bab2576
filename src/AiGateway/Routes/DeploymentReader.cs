using AiGateway.ConfigFiles;

namespace AiGateway.Routes;

/// <summary>Reads what goes up with a request: key, headers, the model's name. A destination's own word counts before its cluster's.</summary>
internal sealed class DeploymentReader(Func<string, string?> secret, ConfigProblems problems)
{
    public const int MostWeight = 10_000;

    private const string Header = "Header.";

    /// <summary>Set by the connection, or refused to callers for a reason.</summary>
    private static readonly string[] NotOurs = ["Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Upgrade", "Cookie", "Expect", "Accept-Encoding"];

    private static readonly string[] Credentials = ["Authorization", "api-key", "x-api-key", "x-goog-api-key", "Proxy-Authorization"];

    public Deployment Read(MetadataReader metadata, Deployment common)
    {
        var (name, prefix) = metadata.Find("AuthHeader") is { } header ? AuthHeader(header) : (common.AuthHeaderName, common.AuthValuePrefix);
        return common with
        {
            AuthHeaderName = name,
            AuthValuePrefix = prefix,
            ApiKey = metadata.Find("ApiKey", new() { ["type"] = "string", ["pattern"] = "^(env|file):." }) is { } key ? ApiKey(key) : common.ApiKey,
            Model = Model(metadata) ?? common.Model,
            Headers = Headers(metadata, common),
        };
    }

    private string? Model(MetadataReader metadata)
    {
        if (metadata.Find("Model", new() { ["type"] = "string", ["pattern"] = @"^[^\s,=*]{1,128}$" }) is not { } node) return null;
        if (ModelPattern.Check(node.Text) is { } why) problems.Error(node, why);
        else if (node.Text.EndsWith('*')) problems.Error(node, $"\"{node.Text}\" is no one model");
        return node.Text;
    }

    private List<KeyValuePair<string, string>> Headers(MetadataReader metadata, Deployment common)
    {
        var own = new Dictionary<string, string>(common.Headers, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in metadata.All(Header))
            if (name.Length == 0 || !name.All(IsTokenCharacter)) problems.Error(value, $"\"{name}\" is no header's name");
            else if (Credentials.Contains(name, StringComparer.OrdinalIgnoreCase)) problems.Error(value, "a key must not be written here: use Upstream.ApiKey with env:NAME or file:PATH, and Upstream.AuthHeader");
            else if (NotOurs.Contains(name, StringComparer.OrdinalIgnoreCase)) problems.Error(value, $"{name} is not for a file to set");
            else if (HeaderValue(value) is { } text) own[name] = text;
        return [.. own];
    }

    private string? HeaderValue(ConfigNode node)
    {
        var text = node.Text.StartsWith("env:", StringComparison.Ordinal) || node.Text.StartsWith("file:", StringComparison.Ordinal) ? Secret(node) : node.Text;
        if (text is null || !text.Any(char.IsControl)) return text;
        problems.Error(node, "has a control character, which no header may hold");
        return null;
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
        if (node.Text.StartsWith("env:", StringComparison.Ordinal) || node.Text.StartsWith("file:", StringComparison.Ordinal)) return Secret(node);
        // The value itself is not repeated: it may be a key, and this goes to logs.
        problems.Error(node, "a key must not be written here: use env:NAME or file:PATH");
        return null;
    }

    private string? Secret(ConfigNode node)
    {
        var at = node.Text.IndexOf(':') + 1;
        var place = node.Text[at..].Trim();
        if (place.Length > 0) return node.Text.StartsWith("env:", StringComparison.Ordinal) ? FromEnvironment(node, place) : FromFile(node, place);
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
