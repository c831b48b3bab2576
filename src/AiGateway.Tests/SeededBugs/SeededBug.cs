using AiGateway.Tests.Support;

namespace AiGateway.Tests.SeededBugs;

/// <summary>
/// One bug, as a file of <c>bugs/</c> has it: a sentence; <c>file:</c> and <c>test:</c>; then, as often as needed, whole lines <c>--- before</c> and
/// what stands behind <c>--- after</c> in their place.
/// </summary>
internal sealed record SeededBug(string Name, string Sentence, string File, string Test, IReadOnlyList<(string Before, string After)> Changes)
{
    private const string FileMark = "file: ", TestMark = "test: ", BeforeMark = "--- before", AfterMark = "--- after";

    public static string Folder => Path.Combine(RepositoryRoot.Find(), "src", "AiGateway.Tests", "SeededBugs", "bugs");

    public static SeededBug Read(string name)
    {
        var lines = System.IO.File.ReadAllLines(Path.Combine(Folder, name + ".txt"));
        var changes = new List<(List<string> Before, List<string> After)>();
        List<string>? part = null;
        foreach (var line in lines.Skip(3))
            switch (line)
            {
                case BeforeMark:
                    changes.Add(([], []));
                    part = changes[^1].Before;
                    break;
                case AfterMark:
                    part = changes[^1].After;
                    break;
                default:
                    (part ?? throw new InvalidDataException($"{name}: '{line}' stands before the first '{BeforeMark}'.")).Add(line);
                    break;
            }
        return new SeededBug(name, lines[0], lines[1][FileMark.Length..], lines[2][TestMark.Length..], [.. changes.Select(change => (Text(change.Before), Text(change.After)))]);
    }

    /// <exception cref="InvalidDataException">The code is no longer as the bug has it.</exception>
    public string PlantIn(string source)
    {
        foreach (var (before, after) in Changes)
        {
            var at = source.IndexOf(before, StringComparison.Ordinal);
            if (at < 0 || source.IndexOf(before, at + 1, StringComparison.Ordinal) >= 0)
                throw new InvalidDataException($"{Name}: {File} must hold this once:\n{before}");
            source = source[..at] + after + source[(at + before.Length)..];
        }
        return source;
    }

    private static string Text(List<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
