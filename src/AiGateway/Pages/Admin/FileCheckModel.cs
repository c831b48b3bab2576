using AiGateway.ConfigFiles;
using AiGateway.Routes;

namespace AiGateway.Pages.Admin;

/// <summary>How a configuration file stands, and what was found in an edit of it that somebody wants to try.</summary>
/// <param name="Action">Where the edit is sent to be looked at.</param>
/// <param name="Content">The file's, or the edit's.</param>
/// <param name="Found">What is wrong with the edit; null: none was sent.</param>
internal sealed record FileCheckModel(FileStatus Status, string Action, string Content, IReadOnlyList<RouteProblem>? Found)
{
    public string Name => Path.GetFileName(Status.Path);

    public bool IsFine => Found is not null && Found.All(problem => problem.IsWarning);

    /// <summary>What is wrong with the file itself, as it stands.</summary>
    public IReadOnlyList<RouteProblem> Standing => [.. Status.Problems.Select(RouteProblem.Of)];

    /// <summary>The line that a problem is in, as it is written.</summary>
    public string LineOf(RouteProblem problem) =>
        Content.Split('\n') is var lines && problem.Line >= 1 && problem.Line <= lines.Length ? lines[problem.Line - 1].Trim() : "";

    public static async Task<FileCheckModel> OfAsync(FileStatus status, string action, CancellationToken cancel) =>
        new(status, action, await File.ReadAllTextAsync(status.Path, cancel), null);
}
