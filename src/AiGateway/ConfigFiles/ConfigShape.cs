using System.Text.Json.Nodes;

namespace AiGateway.ConfigFiles;

/// <summary>
/// What readers ask of a file, written down while they read: names, kinds, ranges. Made of the readers themselves, so that a schema for editors
/// cannot say anything else than they do. A reader sees only what is there, so the document that is read must have one of everything.
/// </summary>
internal sealed class ConfigShape
{
    private readonly Dictionary<ConfigNode, ShapeNode> _nodes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, JsonObject> _flat = new(StringComparer.Ordinal);

    public ShapeNode Root { get; } = new();

    /// <summary>Metadata's flat keys, by their whole name.</summary>
    public IReadOnlyDictionary<string, JsonObject> Flat => _flat;

    public ShapeNode Of(ConfigNode node)
    {
        if (!_nodes.TryGetValue(node, out var shape))
            _nodes[node] = shape = _nodes.Count == 0 ? Root : new ShapeNode();
        return shape;
    }

    public void Bind(ConfigNode? node, ShapeNode shape)
    {
        if (node is not null)
            _nodes[node] = shape;
    }

    /// <summary>This value may also be a list of such.</summary>
    public void AllowList(ConfigNode node, IReadOnlyList<ConfigNode> items)
    {
        var shape = Of(node);
        shape.AllowList();
        foreach (var item in items)
            Bind(item, shape);
    }

    /// <summary>A later word about the same key is the more exact one.</summary>
    public void Note(string key, JsonObject? rule)
    {
        if (rule is not null || !_flat.ContainsKey(key))
            _flat[key] = rule ?? [];
    }
}

/// <summary>One place in a file: a value with its rule, an object with named members, or one whose names are free.</summary>
internal sealed class ShapeNode
{
    private readonly SortedDictionary<string, ShapeNode> _members = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _required = new(StringComparer.Ordinal);
    private readonly JsonObject _rule = [];
    private ShapeNode? _entries;
    private bool _isListToo;

    public ShapeNode Member(string name)
    {
        if (!_members.TryGetValue(name, out var member))
            _members[name] = member = new ShapeNode();
        return member;
    }

    public ShapeNode Entries => _entries ??= new ShapeNode();

    public void Require(string name) => _required.Add(name);

    /// <summary>One, or a list of such.</summary>
    public void AllowList() => _isListToo = true;

    public void Rule(params ReadOnlySpan<(string Keyword, JsonNode Value)> rules)
    {
        foreach (var (keyword, value) in rules)
            _rule[keyword] = value;
    }

    public JsonObject ToSchema()
    {
        var one = _entries is not null || _members.Count > 0 ? ObjectSchema() : (JsonObject)_rule.DeepClone();
        return _isListToo
            ? new JsonObject { ["anyOf"] = new JsonArray(one, new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = one.DeepClone() }) }
            : one;
    }

    private JsonObject ObjectSchema()
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (_members.Count > 0)
            schema["properties"] = new JsonObject(_members.Select(member => KeyValuePair.Create(member.Key, (JsonNode?)member.Value.ToSchema())));
        if (_required.Count > 0)
            schema["required"] = new JsonArray([.. _required.Select(name => JsonValue.Create(name))]);
        schema["additionalProperties"] = _entries is null ? JsonValue.Create(false) : _entries.ToSchema();
        return schema;
    }
}
