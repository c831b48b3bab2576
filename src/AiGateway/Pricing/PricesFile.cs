using AiGateway.ConfigFiles;

namespace AiGateway.Pricing;

/// <summary>prices.json, live.</summary>
internal sealed class PricesFile : IPriceBookSource, IDisposable
{
    private readonly LiveFile<PriceBook> _file;

    /// <exception cref="ConfigFileException">The file is missing or wrong.</exception>
    public PricesFile(string path, TimeProvider clock, ILogger<PricesFile> log)
    {
        string? before = null;
        _file = new LiveFile<PriceBook>(path, Read, clock, log);

        PriceBook? Read(byte[] json, ConfigProblems problems)
        {
            if (PricesReader.Read(json, problems) is not { } book) return null;
            // Each charge names its version: two lists under one name could not be told apart later.
            if (before == book.Version) problems.Warn(ConfigTree.Read(json, problems)?["version"], $"the prices were edited, but the version is still \"{before}\"");
            before = book.Version;
            return book;
        }
    }

    public PriceBook Current => _file.Current;

    public FileStatus Status => _file.Status;

    /// <summary>What would be wrong with this content, were it the file's. Nothing is changed.</summary>
    public IReadOnlyList<ConfigProblem> Validate(byte[] json)
    {
        var problems = new ConfigProblems(Status.Path);
        PricesReader.Read(json, problems);
        return problems.All;
    }

    /// <summary>Looks for an edit now instead of at the next tick.</summary>
    public void Look() => _file.Look();

    public void Dispose() => _file.Dispose();
}
