namespace AiGateway.Routes;

/// <summary>Names of models as files and lists write them: a whole name, or the beginning of one with a * behind it.</summary>
internal static class ModelPattern
{
    /// <summary>Longer than any model's name.</summary>
    public const int MaxLength = 128;

    /// <returns>Null: it is a pattern.</returns>
    public static string? Check(string pattern) =>
        pattern.Length is 0 or > MaxLength ? $"\"{pattern}\" is no model: a name has 1 to {MaxLength} characters"
        : pattern.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is ',' or '=') ? $"\"{pattern}\" is no model: a name has no blanks, commas or equals signs"
        : pattern.AsSpan(0, pattern.Length - 1).Contains('*') ? $"\"{pattern}\" has a * inside: it may only stand at the end"
        : null;

    /// <summary>As servers compare names: a capital is no other letter to some of them.</summary>
    public static bool Matches(string pattern, string model) => pattern.EndsWith('*')
        ? model.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.OrdinalIgnoreCase)
        : model.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
