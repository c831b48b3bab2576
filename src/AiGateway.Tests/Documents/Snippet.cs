using System.Text.RegularExpressions;
using AiGateway.Tests.Architecture;

namespace AiGateway.Tests.Documents;

/// <summary>
/// A fenced block of a document, with what the comment right before it says of it: <c>&lt;!-- snippet: … --&gt;</c>.
/// A block without a language is a picture or an output, and is not run.
/// </summary>
/// <param name="Line">Of the fence, from 1.</param>
/// <param name="Marker">Empty: none.</param>
internal sealed partial record Snippet(string Document, int Line, string Language, string Marker, string Text)
{
    private const string NotRunMark = "not run: ";

    public string Name => $"{Document}:{Line}";

    /// <summary>Why it cannot be run; null: it is.</summary>
    public string? NotRun => Marker.StartsWith(NotRunMark, StringComparison.Ordinal) ? Marker[NotRunMark.Length..] : null;

    /// <summary>README.md and everything below docs/.</summary>
    public static IEnumerable<string> Documents => Repository.Files(".md").Where(path => path == "README.md" || path.StartsWith("docs/", StringComparison.Ordinal));

    public static IReadOnlyList<Snippet> All { get; } = [.. Documents.SelectMany(path => In(path, Repository.Read(path)))];

    public static IEnumerable<Snippet> In(string document, string text)
    {
        foreach (Match match in Fence().Matches(text.Replace("\r", "", StringComparison.Ordinal)))
            yield return new Snippet(
                document, text.AsSpan(0, match.Groups["open"].Index).Count('\n') + 1, match.Groups["language"].Value, match.Groups["marker"].Value.Trim(), match.Groups["text"].Value);
    }

    [GeneratedRegex(@"(<!-- snippet: (?<marker>[^\n]*?) -->\n+)?(?<open>^```)(?<language>\w*)[^\n]*\n(?<text>[\s\S]*?)^```[ ]*$", RegexOptions.Multiline)]
    private static partial Regex Fence();
}
