namespace AiGateway.ConfigFiles;

/// <summary>How a configuration file stands, for pages and logs.</summary>
/// <param name="Version">The first 12 hex digits of the SHA-256 of the content in force.</param>
/// <param name="LoadedAt">When that content was taken.</param>
/// <param name="Problems">What was wrong at the last look: errors mean that an edit was refused and the older content still serves.</param>
/// <param name="RefusedAt">When the last edit was refused; null: the file as it is now is in force.</param>
internal sealed record FileStatus(
    string Path, string Version, DateTimeOffset LoadedAt, IReadOnlyList<ConfigProblem> Problems, DateTimeOffset? RefusedAt)
{
    /// <summary>Edits since the start that were taken, and that were refused.</summary>
    public int Taken { get; init; }
    public int Refused { get; init; }
}
