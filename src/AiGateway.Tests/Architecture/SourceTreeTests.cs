namespace AiGateway.Tests.Architecture;

/// <summary>The source tree, held against the habits that can be read off its files.</summary>
public sealed class SourceTreeTests
{
    private const string Gateway = "src/AiGateway/";

    /// <summary>A contents page that does not fit a screen is none.</summary>
    private const int ProgramLines = 60;

    /// <summary>Above this a file holds two things; above the second it is worth another look.</summary>
    private const int MostLines = 500, LookAgain = 300;

    private static readonly string[] Shown = [".cs", ".cshtml", ".razor", ".js", ".css"];

    /// <summary>The first two hide types of the framework; in the others things gather that nobody can name.</summary>
    private static readonly string[] BadNames = ["Path", "Meter", "Utilities", "Utils", "Helpers", "Common", "Misc"];

    [Fact]
    public void A_namespace_equals_its_folder() =>
        Offences.None(GatewayFiles().SelectMany(path => SourceText.Namespaces(Repository.Read(path))
            .Where(name => name != SourceText.NamespaceFor(path[Gateway.Length..])).Select(name => $"{path}: {name}")));

    [Fact]
    public void A_file_declares_its_namespace_once() =>
        Assert.All(GatewayFiles().Where(path => path != Gateway + "Program.cs"), path => Assert.Single(SourceText.Namespaces(Repository.Read(path))));

    [Fact]
    public void No_folder_imports_over_its_wall_what_the_compiler_folds_away() =>
        Offences.None(GatewayFiles().SelectMany(path => SourceText.OwnImports(Repository.Read(path)).Where(to => !MayImport(path, to)).Select(to => $"{path}: {to}")));

    [Fact]
    public void The_contents_page_fits_a_screen() =>
        Assert.InRange(Lines(Gateway + "Program.cs"), 1, ProgramLines);

    [Fact]
    public void No_folder_is_a_drawer() =>
        Offences.None(Repository.Code(Shown).SelectMany(path => path.Split('/')[..^1].Intersect(BadNames, StringComparer.OrdinalIgnoreCase)));

    [Fact]
    public void No_file_is_too_long_to_read()
    {
        var lengths = Repository.Code(Shown).Select(path => (path, lines: Lines(path))).ToList();
        foreach (var (path, lines) in lengths.Where(file => file.lines > LookAgain))
            TestContext.Current.TestOutputHelper?.WriteLine($"look again: {path} has {lines} lines");
        Assert.All(lengths, file => Assert.True(file.lines <= MostLines, $"{file.path} has {file.lines} lines"));
    }

    [Fact]
    public void A_silenced_warning_says_why() => Offences.None(InFiles(SourceText.SilencedWarnings));

    [Fact]
    public void No_null_is_silenced() => Offences.None(InFiles(SourceText.SilencedNulls));

    [Fact]
    public void Nothing_is_promised_for_later() => Offences.None(InFiles(SourceText.Promises));

    private static IEnumerable<string> GatewayFiles() =>
        Repository.Files(".cs").Where(path => path.StartsWith(Gateway, StringComparison.Ordinal));

    private static IEnumerable<string> InFiles(Func<string, IEnumerable<string>> rule) =>
        Repository.Code(".cs").Where(path => !path.EndsWith("/SourceTextTests.cs", StringComparison.Ordinal))
            .SelectMany(path => rule(Repository.Read(path)).Select(offence => $"{path}: {offence}"));

    private static int Lines(string path) => Repository.Read(path).AsSpan().Count('\n');

    private static bool MayImport(string path, string imported)
    {
        var parts = path[Gateway.Length..].Split('/')[..^1];
        if (parts.Length == 0) return true;
        var from = FolderMap.FolderAt(parts);
        var to = FolderMap.FolderAt(imported.Split('.')[1..]);
        var name = Path.GetFileNameWithoutExtension(path);
        return from == to || WallTable.Walls.Any(wall => wall.Folder == from && wall.LetsIn(to))
            || WallTable.Exemptions.Any(e => e.Covers(from, name) && e.MayImport.Contains(to));
    }
}
