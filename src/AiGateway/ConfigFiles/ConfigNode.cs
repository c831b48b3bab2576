namespace AiGateway.ConfigFiles;

internal enum ConfigKind { Object, Array, String, Number, Boolean, Null }

/// <summary>Where something stands in its file; both count from 1.</summary>
internal readonly record struct ConfigPlace(int Line, int Column);

/// <summary>One named member of an object. Its place is that of its name.</summary>
internal sealed record ConfigMember(string Name, ConfigPlace Place, ConfigNode Value);

/// <summary>One JSON value that remembers where it was written.</summary>
/// <param name="Text">A scalar's text, a string's unescaped; numbers as written, so that decimals stay exact. Empty for the rest.</param>
/// <param name="Path">Where it sits in the document, e.g. <c>plans.annual.tokens</c>.</param>
internal sealed record ConfigNode(ConfigKind Kind, string Text, ConfigPlace Place, string Path)
{
    public IReadOnlyList<ConfigMember> Members { get; init; } = [];
    public IReadOnlyList<ConfigNode> Items { get; init; } = [];

    public bool IsScalar => Kind is not (ConfigKind.Object or ConfigKind.Array);

    /// <summary>The member of this name, whatever its case: configuration keys have none.</summary>
    public ConfigMember? Member(string name) => Members.FirstOrDefault(member => Same(member.Name, name));

    public ConfigNode? this[string name] => Member(name)?.Value;

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
