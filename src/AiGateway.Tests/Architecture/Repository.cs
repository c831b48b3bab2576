using AiGateway.Tests.Support;

namespace AiGateway.Tests.Architecture;

/// <summary>The repository's files as they lie on disk, without what a build or a tool made.</summary>
internal static class Repository
{
    public static readonly string Root = RepositoryRoot.Find();

    public static readonly string Source = Path.Combine(Root, "src", "AiGateway");

    private static readonly string[] Made = ["bin", "obj", ".git", "node_modules", "artifacts", "TestResults", "data", "BenchmarkDotNet.Artifacts"];

    /// <summary>Paths relative to the root, with / between their parts, in order.</summary>
    public static IEnumerable<string> Files(params string[] extensions) =>
        Below(Root).Where(path => extensions.Contains(Path.GetExtension(path))).Order(StringComparer.Ordinal);

    /// <summary>Code that people wrote: migrations are written by a tool and checked by what they do.</summary>
    public static IEnumerable<string> Code(params string[] extensions) =>
        Files(extensions).Where(path => path.StartsWith("src/", StringComparison.Ordinal) && !path.Contains("/Migrations/", StringComparison.Ordinal));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Has(string path) => File.Exists(Path.Combine(Root, path)) || Directory.Exists(Path.Combine(Root, path));

    /// <summary>Names of the folders directly below one, without build output.</summary>
    public static IEnumerable<string> FoldersIn(string folder) =>
        Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => !Made.Contains(name));

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Concat(FoldersIn(folder).SelectMany(name => Below(Path.Combine(folder, name))));
}
