using AiGateway.ConfigFiles;

namespace AiGateway.Routes;

/// <summary>One thing wrong with a routes file, and where; lines and columns count from 1.</summary>
/// <param name="Key">Where it sits in the document; empty: the file as a whole.</param>
internal sealed record RouteProblem(string File, int Line, int Column, string Key, string Message, bool IsWarning)
{
    public static RouteProblem Of(ConfigProblem problem) =>
        new(problem.File, problem.Place.Line, problem.Place.Column, problem.Path, problem.Message, problem.IsWarning);
}

/// <summary>How the routes file stands.</summary>
/// <param name="Status">in_force, or refused: the file was edited, and the older content still serves.</param>
internal sealed record RoutesStatus(
    string Status, string File, string Version, DateTime LoadedAt, DateTime? RefusedAt, int Routes, int Clusters, IReadOnlyList<RouteProblem> Problems)
{
    public static RoutesStatus Of(FileStatus file, RouteTable table) => new(
        file.RefusedAt is null ? "in_force" : "refused", file.Path, file.Version, file.LoadedAt.UtcDateTime, file.RefusedAt?.UtcDateTime,
        table.Routes.Count, table.Clusters.Count, [.. file.Problems.Select(RouteProblem.Of)]);
}
