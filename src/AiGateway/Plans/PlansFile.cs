using AiGateway.ConfigFiles;

namespace AiGateway.Plans;

/// <summary>What the plans file needs to know from outside.</summary>
internal sealed record PlansOptions
{
    public string Path { get; init; } = "config/plans.json";

    /// <summary>What <c>env:NAME</c> stands for; null: not set. Default: the process's environment.</summary>
    public Func<string, string?> Secret { get; init; } = Environment.GetEnvironmentVariable;
}

/// <summary>plans.json, live.</summary>
internal sealed class PlansFile : IPlanBookSource, IDisposable
{
    private readonly PlansOptions _options;
    private readonly LiveFile<PlanBook> _file;

    /// <exception cref="ConfigFileException">The file is missing or wrong.</exception>
    public PlansFile(PlansOptions options, TimeProvider clock, ILogger<PlansFile> log)
    {
        _options = options;
        _file = new LiveFile<PlanBook>(options.Path, Read, clock, log);
    }

    public PlanBook Current => _file.Current;

    public FileStatus Status => _file.Status;

    /// <summary>What would be wrong with this content, were it the file's. Nothing is changed.</summary>
    public IReadOnlyList<ConfigProblem> Validate(byte[] json)
    {
        var problems = new ConfigProblems(Status.Path);
        Read(json, problems);
        return problems.All;
    }

    /// <summary>Looks for an edit now instead of at the next tick.</summary>
    public void Look() => _file.Look();

    public void Dispose() => _file.Dispose();

    private PlanBook? Read(byte[] json, ConfigProblems problems) => new PlansReader(_options.Secret, problems).Read(json);
}
