namespace AiGateway.ConfigFiles;

/// <summary>One thing wrong with a configuration file, and where. A warning does not keep the file from loading.</summary>
internal sealed record ConfigProblem(string File, ConfigPlace Place, string Path, string Message, bool IsWarning)
{
    public override string ToString() =>
        $"{File}({Place.Line},{Place.Column}): {(IsWarning ? "warning" : "error")}: {(Path.Length == 0 ? "" : Path + ": ")}{Message}";
}

/// <summary>A file was refused at start. The message lists every problem, one a line.</summary>
internal sealed class ConfigFileException(string file, IReadOnlyList<ConfigProblem> problems)
    : Exception($"{file} cannot be used:\n{string.Join('\n', problems)}")
{
    public IReadOnlyList<ConfigProblem> Problems => problems;
}
