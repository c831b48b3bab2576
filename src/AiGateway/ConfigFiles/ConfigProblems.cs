namespace AiGateway.ConfigFiles;

/// <summary>Collects everything wrong with one file, so that all of it is told at once.</summary>
internal sealed class ConfigProblems(string file)
{
    // A file of another kind altogether would otherwise list thousands.
    private const int Most = 200;

    private readonly List<ConfigProblem> _problems = [];

    public string File => file;

    /// <summary>Where readers write down what they ask for; null: nobody wants to know.</summary>
    public ConfigShape? Shape { get; init; }

    public IReadOnlyList<ConfigProblem> All => [.. _problems.OrderBy(problem => problem.Place.Line).ThenBy(problem => problem.Place.Column)];

    public bool HasErrors => _problems.Exists(problem => !problem.IsWarning);

    public void Error(ConfigPlace place, string path, string message) => Add(new(file, place, path, message, IsWarning: false));

    public void Error(ConfigNode node, string message) => Error(node.Place, node.Path, message);

    public void Warn(ConfigNode? node, string message) =>
        Add(new(file, node?.Place ?? new ConfigPlace(1, 1), node?.Path ?? "", message, IsWarning: true));

    private void Add(ConfigProblem problem)
    {
        if (_problems.Count < Most) _problems.Add(problem);
    }
}
