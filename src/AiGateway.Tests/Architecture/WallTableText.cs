namespace AiGateway.Tests.Architecture;

/// <summary>The wall table as it stands in docs/architecture.md.</summary>
internal static class WallTableText
{
    public static string Write() => string.Join('\n', [.. Walls(), "", .. Rooms(), "", .. Exemptions()]);

    private static IEnumerable<string> Walls() =>
    [
        "| Folder | May import | Never sees | Because |", "|---|---|---|---|",
        .. WallTable.Walls.Select(wall => Row(wall.Folder, List(wall.MayImport), List(wall.NeverSees.Select(area => area.Name)), wall.Reason)),
    ];

    private static IEnumerable<string> Rooms() =>
    [
        "| What | Where | Because |", "|---|---|---|",
        .. WallTable.Rooms.Select(room => Row(room.Area.Name, $"only in {List(room.Only)}", room.Reason)),
        .. WallTable.Bans.Select(ban => Row(ban.Area.Name, $"never in {List(ban.Folders)}", ban.Reason)),
    ];

    private static IEnumerable<string> Exemptions() =>
    [
        "| Exempt | May also import | May also see | Because |", "|---|---|---|---|",
        .. WallTable.Exemptions.Select(e => Row(e.Who, List(e.MayImport), List(e.MaySee.Select(area => area.Name)), e.Reason)),
    ];

    private static string Row(params string[] cells) => $"| {string.Join(" | ", cells)} |";

    private static string List(IEnumerable<string> items) => items.Any() ? string.Join(", ", items) : "–";
}
