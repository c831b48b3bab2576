using System.Globalization;
using System.Text.Json.Nodes;
using AiGateway.ConfigFiles;

namespace AiGateway.Routes;

/// <summary>Reads a Metadata section's flat keys under one prefix of ours, and reports those under it that nobody knows.</summary>
internal sealed class MetadataReader(ConfigNode owner, string prefix, ConfigProblems problems)
{
    private readonly ConfigNode? _metadata = owner["Metadata"];
    private readonly List<string> _known = [];

    /// <param name="rule">What the value may be, as a JSON schema; null: any one value.</param>
    public ConfigNode? Find(string key, JsonObject? rule = null)
    {
        _known.Add(prefix + key);
        problems.Shape?.Note(prefix + key, rule);
        if (_metadata?[prefix + key] is not { Kind: not ConfigKind.Null } node) return null;
        if (node.IsScalar) return node;
        problems.Error(node, "must be one flat value");
        return null;
    }

    public bool Flag(string key, bool fallback)
    {
        if (Find(key, AnyOf(true, false, "true", "false")) is not { } node) return fallback;
        if (bool.TryParse(node.Text, out var value)) return value;
        problems.Error(node, $"must be true or false, not \"{node.Text}\"");
        return fallback;
    }

    public long Tokens(string key, long fallback, long most) => Whole(key, fallback, 0, most);

    public long Whole(string key, long fallback, long least, long most)
    {
        if (Find(key, Whole(least, most)) is not { } node) return fallback;
        if (long.TryParse(node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most) return value;
        problems.Error(node, $"must be a whole number from {least} to {most}, not \"{node.Text}\"");
        return fallback;
    }

    /// <summary>Above zero, one day at most.</summary>
    public TimeSpan? Duration(string key)
    {
        if (Find(key, new() { ["type"] = "string", ["pattern"] = @"^\d{1,2}:\d{2}:\d{2}(\.\d{1,7})?$" }) is not { } node) return null;
        if (TimeSpan.TryParse(node.Text, CultureInfo.InvariantCulture, out var value) && value > TimeSpan.Zero && value <= TimeSpan.FromDays(1)) return value;
        problems.Error(node, $"\"{node.Text}\" is not a duration (hh:mm:ss) above zero, of a day at most");
        return null;
    }

    /// <summary>"model=target, model*=target".</summary>
    public ModelMap Map(string key)
    {
        if (Find(key, new() { ["type"] = "string", ["pattern"] = "^[^=,]+=[^=,]+(,[^=,]+=[^=,]+)*$" }) is not { } node) return ModelMap.Empty;
        var entries = new List<(string Pattern, string Target)>();
        foreach (var text in node.Text.Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = text.Split('=', StringSplitOptions.TrimEntries);
            if (parts is not [var pattern, { Length: > 0 } target])
                problems.Error(node, $"\"{text}\" is no pair: write model=target, model=target");
            else if (ModelPattern.Check(pattern) is { } why)
                problems.Error(node, why);
            else if (entries.Exists(entry => entry.Pattern.Equals(pattern, StringComparison.OrdinalIgnoreCase)))
                problems.Error(node, $"\"{pattern}\" stands there twice");
            else
                entries.Add((pattern, target));
        }
        return new ModelMap(entries);
    }

    /// <summary>All keys that begin so, each with the rest of its name.</summary>
    public IEnumerable<(string Name, ConfigNode Value)> All(string beginning)
    {
        problems.Shape?.Note(prefix + beginning, new() { ["type"] = "string", ["minLength"] = 1 });
        foreach (var member in _metadata?.Members ?? [])
        {
            if (!member.Name.StartsWith(prefix + beginning, StringComparison.OrdinalIgnoreCase)) continue;
            _known.Add(member.Name);
            if (member.Value is { IsScalar: true, Kind: not ConfigKind.Null }) yield return (member.Name[(prefix + beginning).Length..], member.Value);
            else problems.Error(member.Value, "must be one flat value");
        }
    }

    /// <summary>One of an enum's names, in any case.</summary>
    public T OneOf<T>(string key, T fallback) where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        if (Find(key, AnyOf([.. names.Select(name => name.ToLowerInvariant())])) is not { } node) return fallback;
        if (names.Contains(node.Text, StringComparer.OrdinalIgnoreCase)) return Enum.Parse<T>(node.Text, ignoreCase: true);
        var known = names.Select(name => name.ToLowerInvariant()).ToArray();
        problems.Error(node, $"unknown value \"{node.Text}\"{DidYouMean.HintOrList(node.Text, known)}");
        return fallback;
    }

    /// <param name="otherPrefix">Our prefix that belongs elsewhere (Metering. on routes, Upstream. on clusters).</param>
    public void NoOthers(string otherPrefix)
    {
        foreach (var member in _metadata?.Members ?? [])
        {
            if (_known.Contains(member.Name, StringComparer.OrdinalIgnoreCase)) continue;
            if (member.Name.StartsWith(otherPrefix, StringComparison.OrdinalIgnoreCase))
                problems.Error(member.Place, member.Value.Path, $"\"{member.Name}\" does not belong here, only {prefix}* does");
            else if (LooksLikeOurs(member.Name))
                problems.Error(member.Place, member.Value.Path, $"unknown key \"{member.Name}\"{DidYouMean.HintOrList(member.Name, _known)}");
        }
    }

    public static JsonObject AnyOf(params JsonNode[] values) => new() { ["enum"] = new JsonArray(values) };

    private static JsonObject Whole(long least, long most) => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most }, new JsonObject { ["type"] = "string", ["pattern"] = @"^\d+$" }),
    };

    // Metadata is open to other parts of YARP; ours is what begins like our prefix, or is a near miss of a key of ours.
    private bool LooksLikeOurs(string name) =>
        name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) || DidYouMean.Nearest(name, _known) is not null;
}
