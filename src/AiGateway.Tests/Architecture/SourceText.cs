using System.Text.RegularExpressions;

namespace AiGateway.Tests.Architecture;

/// <summary>Rules about C# as it is written, which leave no trace in what is compiled. Each gives the offences in one file's text.</summary>
internal static partial class SourceText
{
    /// <summary>The one namespace that a file may declare, by the folder it lies in.</summary>
    /// <param name="path">Relative to the project, with / between its parts.</param>
    public static string NamespaceFor(string path) =>
        string.Join('.', ["AiGateway", .. path.Split('/')[..^1]]);

    /// <summary>File-scoped or block, as declared; empty where there is none.</summary>
    public static IReadOnlyList<string> Namespaces(string text) =>
        [.. Declared().Matches(WithoutTexts(text)).Select(match => match.Groups[1].Value)];

    /// <summary>Imports of our own folders: constants and nameof are folded away by the compiler, so that only these lines tell.</summary>
    public static IEnumerable<string> OwnImports(string text) =>
        OwnUsing().Matches(WithoutTexts(text)).Select(match => match.Groups[1].Value);

    public static IEnumerable<string> SilencedWarnings(string text) =>
        Pragma().Matches(text).Select(match => match.Value.Trim()).Where(line => !ReasonGiven().IsMatch(line));

    public static IEnumerable<string> SilencedNulls(string text) =>
        WithoutTexts(text).Split('\n').Where(line => Bang().IsMatch(line)).Select(line => line.Trim());

    public static IEnumerable<string> Promises(string text) =>
        text.Split('\n').Where(line => Promise().IsMatch(line)).Select(line => line.Trim());

    /// <summary>The code alone: comments are gone and string literals are empty.</summary>
    private static string WithoutTexts(string text) =>
        Texts().Replace(text, match => match.Value[0] is '/' ? "" : match.Value[0] is '\'' ? "' '" : "\"\"");

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"^\s*using\s+(?:static\s+)?(?:\w+\s*=\s*)?(?:global::)?(AiGateway(?:\.\w+)+)\s*;", RegexOptions.Multiline)]
    private static partial Regex OwnUsing();

    [GeneratedRegex(@"^\s*#pragma warning disable.*$", RegexOptions.Multiline)]
    private static partial Regex Pragma();

    [GeneratedRegex(@"//\s*\w+(\s+\S+){2,}")]
    private static partial Regex ReasonGiven();

    /// <summary>A bang after an expression, and not before an equals sign: the compiler's doubt is silenced.</summary>
    [GeneratedRegex(@"[\w\)\]>""]!(?!=)")]
    private static partial Regex Bang();

    // Written so that the pattern does not find itself.
    [GeneratedRegex(@"\b(TO[D]O|FIX[M]E|HA[C]K|X[X]X)\b")]
    private static partial Regex Promise();

    [GeneratedRegex("""//[^\n]*|/\*[\s\S]*?\*/|("{3,})[\s\S]*?\1|@\$?"(?:[^"]|"")*"|\$@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.[^']*|[^'\\])'""")]
    private static partial Regex Texts();
}
