namespace AiGateway.Routes;

/// <summary>What models lead to. The whole name counts before a pattern, and of patterns the longest.</summary>
internal sealed class ModelMap
{
    public static readonly ModelMap Empty = new([]);

    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly (string Pattern, string Target)[] _patterns;

    /// <param name="entries">No two with the same pattern.</param>
    public ModelMap(IReadOnlyList<(string Pattern, string Target)> entries)
    {
        Entries = entries;
        foreach (var (pattern, target) in entries.Where(entry => !entry.Pattern.EndsWith('*')))
            _names.Add(pattern, target);
        _patterns = [.. entries.Where(entry => entry.Pattern.EndsWith('*')).OrderByDescending(entry => entry.Pattern.Length)];
    }

    public IReadOnlyList<(string Pattern, string Target)> Entries { get; }

    public bool IsEmpty => Entries.Count == 0;

    public string? Find(string model)
    {
        if (_names.TryGetValue(model, out var named))
            return named;
        foreach (var (pattern, target) in _patterns)
            if (ModelPattern.Matches(pattern, model))
                return target;
        return null;
    }

    public override string ToString() => string.Join(", ", Entries.Select(entry => $"{entry.Pattern}={entry.Target}"));
}
