namespace AiGateway.Tests.Recordings;

/// <summary>The recorded exchanges, which lie beside the repository and are not part of it.</summary>
internal static class Corpus
{
    private static readonly Lazy<IReadOnlyList<Recording>> Recordings = new(Load);

    /// <summary>All recordings. Skips the test, visibly, where the corpus is not there.</summary>
    public static IReadOnlyList<Recording> All
    {
        get
        {
            Assert.SkipWhen(Recordings.Value.Count == 0, "The recorded exchanges (../shared/corpus) are not beside this repository.");
            return Recordings.Value;
        }
    }

    /// <summary>The recordings of these endpoints, as expected.json names them.</summary>
    public static IReadOnlyList<Recording> Of(params string[] endpoints) =>
        [.. All.Where(recording => endpoints.Contains(recording.Endpoint, StringComparer.Ordinal))];

    private static IReadOnlyList<Recording> Load()
    {
        var folder = Folder();
        return folder is null
            ? []
            : [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)
                .Where(path => File.Exists(Path.Combine(path, "expected.json"))).Select(path => new Recording(path))];
    }

    private static string? Folder()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "AiGateway.sln")))
            {
                var corpus = Path.GetFullPath(Path.Combine(at.FullName, "..", "shared", "corpus"));
                return Directory.Exists(corpus) ? corpus : null;
            }
        }

        return null;
    }
}
