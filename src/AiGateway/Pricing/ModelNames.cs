using System.Collections.Concurrent;

namespace AiGateway.Pricing;

/// <summary>
/// Finds the priced model that a name means: itself, without a vendor's prefix (openai/gpt-4o-mini), without a version's suffix (gpt-4o-mini-2024-07-18),
/// with dots or dashes (gpt-5.2, gpt-5-2), or by a pattern of the list (claude-3.5-haiku*). A name is never cut at anything but a version:
/// gpt-5-ultra is not gpt-5.
/// </summary>
internal sealed class ModelNames(IReadOnlyDictionary<string, ModelPrice> exact, IReadOnlyDictionary<string, ModelPrice> prefixes)
{
    // Longer names are no model's, and callers choose them.
    private const int LongestName = 200;

    private readonly (string Prefix, ModelPrice Price)[] _prefixes =
        [.. prefixes.OrderByDescending(pair => pair.Key.Length).Select(pair => (pair.Key, pair.Value))];

    /// <summary>One spelling for names that mean the same.</summary>
    public static string Canonical(string model) => model.Trim().ToLowerInvariant().Replace('.', '-');

    /// <summary>Names that were looked for, found or not; beyond it the memory starts anew, because callers choose names.</summary>
    private const int MaxRemembered = 1_000;

    private readonly ConcurrentDictionary<string, ModelPrice?> _remembered = new(StringComparer.Ordinal);

    public ModelPrice? Find(string? model)
    {
        if (string.IsNullOrWhiteSpace(model) || model.Length > LongestName) return null;
        if (_remembered.TryGetValue(model, out var known)) return known;
        if (_remembered.Count >= MaxRemembered) _remembered.Clear();
        return _remembered[model] = Search(model);
    }

    private ModelPrice? Search(string model)
    {
        for (var name = Canonical(model); ; name = WithoutVendor(name))
        {
            if (FindCanonical(name) is { } price) return price;
            if (WithoutVendor(name).Length == name.Length) return null;
        }
    }

    private ModelPrice? FindCanonical(string name)
    {
        if (exact.TryGetValue(name, out var price)) return price;
        for (var cut = name.Length - 1; cut > 0; cut--)
            if (name[cut] is '-' or '@' or ':' && exact.TryGetValue(name[..cut], out price) && ModelVersion.IsVersion(name[(cut + 1)..]))
                return price;
        return _prefixes.FirstOrDefault(pair => name.StartsWith(pair.Prefix, StringComparison.Ordinal)).Price;
    }

    // models/gemini-…, openai/gpt-…, projects/…/models/…; on Bedrock eu.anthropic.claude-… (dots are dashes by now).
    private static string WithoutVendor(string name)
    {
        if (name.IndexOf('/') is >= 0 and var slash) return name[(slash + 1)..];
        var anthropic = name.IndexOf("anthropic-", StringComparison.Ordinal);
        return anthropic < 0 ? name : name[(anthropic + "anthropic-".Length)..];
    }
}
