using Mono.Cecil;

namespace AiGateway.Tests.Architecture;

/// <summary>One reference over a wall.</summary>
internal sealed record Trespass(string Folder, Sighting Sighting, string Rule, string Reason)
{
    public override string ToString() =>
        $"{Sighting.Author.FullName}.{Sighting.Member} ({Sighting.How}) → {Sighting.What}: {Rule}. {Reason}";
}

/// <summary>Holds every reference of a compiled assembly against the wall table.</summary>
internal sealed class AssemblyWalls(FolderMap map)
{
    public IReadOnlyList<Trespass> Check(ModuleDefinition module) => [.. AssemblyWalker.Walk(module).SelectMany(Check)];

    private IEnumerable<Trespass> Check(Sighting seen)
    {
        // The root holds Program alone, which puts everything together and may therefore name everything.
        if (map.FolderOf(seen.Author) is not { } folder || folder == FolderMap.Root) yield break;
        if (WallTable.Walls.FirstOrDefault(wall => wall.Folder == folder) is not { } wall)
        {
            yield return new(folder, seen, $"{folder} has no wall", "Every folder stands in the wall table: add its line, with its reason.");
            yield break;
        }
        var exemptions = WallTable.Exemptions.Where(e => e.Covers(folder, seen.Author.Name)).ToArray();
        foreach (var found in Imports(seen, wall, exemptions).Concat(Foreign(seen, wall, exemptions))) yield return found;
    }

    private IEnumerable<Trespass> Imports(Sighting seen, Wall wall, Exemption[] exemptions)
    {
        if (map.FolderOf(seen.Seen) is { } other && other != wall.Folder
            && !wall.LetsIn(other) && !exemptions.Any(e => e.MayImport.Contains(other)))
            yield return new(wall.Folder, seen, $"{wall.Folder} may not import {(other == FolderMap.Root ? "Program" : other)}", wall.Reason);
    }

    private static IEnumerable<Trespass> Foreign(Sighting seen, Wall wall, Exemption[] exemptions)
    {
        // An exemption opens the folder's own wall; rooms and bans hold for everyone.
        var isExempt = exemptions.Any(e => e.MaySee.Any(area => area.Holds(seen)));
        foreach (var area in wall.NeverSees.Where(area => !isExempt && area.Holds(seen)))
            yield return new(wall.Folder, seen, $"{wall.Folder} never sees {area.Name}", wall.Reason);
        foreach (var room in WallTable.Rooms.Where(room => !room.Only.Contains(wall.Folder) && room.Area.Holds(seen)))
            yield return new(wall.Folder, seen, $"{room.Area.Name} only in {string.Join(", ", room.Only)}", room.Reason);
        foreach (var ban in WallTable.Bans.Where(ban => ban.Folders.Contains(wall.Folder) && ban.Area.Holds(seen)))
            yield return new(wall.Folder, seen, $"no {ban.Area.Name} in {wall.Folder}", ban.Reason);
    }
}
