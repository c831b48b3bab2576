using System.Globalization;
using System.Text.Json.Nodes;

namespace AiGateway.ConfigFiles;

/// <summary>
/// Reads one object's members by name and remembers which names were asked for: those are the known ones.
/// A wrong value is reported and read as its default, so that the rest of the file is still looked at.
/// </summary>
internal sealed class ObjectReader
{
    private readonly ConfigNode _node;
    private readonly ConfigProblems _problems;
    private readonly List<string> _known = [];

    public ObjectReader(ConfigNode node, ConfigProblems problems)
    {
        (_node, _problems) = (node, problems);
        if (node.Kind != ConfigKind.Object) problems.Error(node, "must be an object");
    }

    public ConfigNode Node => _node;

    public ConfigNode? Optional(string name)
    {
        _known.Add(name);
        if (Shape is { } shape) _problems.Shape?.Bind(_node[name], shape.Member(name));
        return _node[name] is { Kind: not ConfigKind.Null } value ? value : null;
    }

    public ConfigNode? Required(string name)
    {
        var value = Optional(name);
        Shape?.Require(name);
        if (value is null && _node.Kind == ConfigKind.Object) _problems.Error(_node, $"\"{name}\" is missing");
        return value;
    }

    /// <summary>The members of an inner object whose names are free (ids).</summary>
    public IReadOnlyList<ConfigMember> Entries(string name)
    {
        if (Optional(name) is not { } value) return [];
        if (value.Kind != ConfigKind.Object) _problems.Error(value, "must be an object");
        Bind(value);
        return value.Members;
    }

    /// <summary>All members of this object, where its names are free.</summary>
    public IReadOnlyList<ConfigMember> Entries()
    {
        Bind(_node);
        return _node.Members;
    }

    /// <summary>Says more about a value that its caller checks: a keyword of JSON schema, and what it says.</summary>
    public void Describe(string name, params ReadOnlySpan<(string Keyword, JsonNode Value)> rules) => Shape?.Member(name).Rule(rules);

    public string? Text(string name)
    {
        Describe(name, ("type", "string"), ("minLength", 1));
        return TextOf(Optional(name));
    }

    public string RequiredText(string name)
    {
        Describe(name, ("type", "string"), ("minLength", 1));
        return TextOf(Required(name)) ?? "";
    }

    /// <summary>A list of texts; none where it is left out.</summary>
    /// <param name="pattern">What one of them looks like, for the schema; its caller checks it.</param>
    public IReadOnlyList<ConfigNode> Texts(string name, string pattern)
    {
        Describe(name, ("type", "array"), ("items", new JsonObject { ["type"] = "string", ["pattern"] = pattern }));
        if (Optional(name) is not { } list) return [];
        if (list.Kind != ConfigKind.Array) _problems.Error(list, "must be a list");
        return [.. list.Items.Where(item => TextOf(item) is not null)];
    }

    public long Whole(string name, long fallback, long least, long most)
    {
        Describe(name, ("type", "integer"), ("minimum", least), ("maximum", most));
        return WholeOf(Optional(name), least, most) ?? fallback;
    }

    public long RequiredWhole(string name, long least, long most)
    {
        Describe(name, ("type", "integer"), ("minimum", least), ("maximum", most));
        return WholeOf(Required(name), least, most) ?? least;
    }

    /// <summary>A decimal scaled up to a whole number, exactly: 0.075 at 9 places is 75,000,000.</summary>
    public long? Scaled(string name, int places, decimal most)
    {
        Describe(name, ("type", "number"), ("minimum", 0), ("maximum", most));
        return Optional(name) is { } node ? ScaledOf(node, places, most) : null;
    }

    public long? ScaledOf(ConfigNode node, int places, decimal most)
    {
        _problems.Shape?.Of(node).Rule(("type", "number"), ("minimum", 0), ("maximum", most));
        if (node.Kind != ConfigKind.Number || !decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            return Wrong<long>(node, $"must be a number, not {Shown(node)}");
        if (value < 0 || value > most) return Wrong<long>(node, $"{node.Text} is outside 0 to {most.ToString(CultureInfo.InvariantCulture)}");
        for (var i = 0; i < places; i++) value *= 10;
        return value == decimal.Truncate(value) ? (long)value : Wrong<long>(node, $"{node.Text} has more than {places} decimal places");
    }

    /// <summary>Everything that nobody asked for is a mistake.</summary>
    public void NoOthers()
    {
        foreach (var member in _node.Members.Where(member => !_known.Contains(member.Name, StringComparer.OrdinalIgnoreCase)))
            _problems.Error(member.Place, member.Value.Path, $"unknown key \"{member.Name}\"{DidYouMean.HintOrList(member.Name, _known)}");
    }

    private ShapeNode? Shape => _problems.Shape?.Of(_node);

    private void Bind(ConfigNode free)
    {
        if (_problems.Shape is not { } shapes) return;
        foreach (var member in free.Members) shapes.Bind(member.Value, shapes.Of(free).Entries);
    }

    private string? TextOf(ConfigNode? node)
    {
        if (node is null) return null;
        if (node.Kind == ConfigKind.String && node.Text.Length > 0) return node.Text;
        _problems.Error(node, $"must be a text, not {Shown(node)}");
        return null;
    }

    private long? WholeOf(ConfigNode? node, long least, long most)
    {
        if (node is null) return null;
        if (node.Kind != ConfigKind.Number || !long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            return Wrong<long>(node, $"must be a whole number, not {Shown(node)}");
        return value >= least && value <= most ? value : Wrong<long>(node, $"{node.Text} is outside {least} to {most}");
    }

    private T? Wrong<T>(ConfigNode node, string message) where T : struct
    {
        _problems.Error(node, message);
        return null;
    }

    private static string Shown(ConfigNode node) => node.IsScalar ? $"\"{node.Text}\"" : node.Kind == ConfigKind.Object ? "an object" : "a list";
}
