namespace AiGateway.Tests.Architecture;

/// <summary>A part of the outside world that a wall may keep out.</summary>
internal sealed record Area(string Name, Func<Sighting, bool> Holds)
{
    public static Func<Sighting, bool> Namespace(string name) =>
        seen => seen.Namespace == name || seen.Namespace.StartsWith(name + ".", StringComparison.Ordinal);

    /// <summary>A vendor's extension methods often stand in somebody else's namespace; the assembly gives them away.</summary>
    public static Func<Sighting, bool> Assembly(string name) =>
        seen => seen.Assembly is { } assembly && (assembly == name || assembly.StartsWith(name + ".", StringComparison.Ordinal));

    public static Func<Sighting, bool> Type(params string[] fullNames) => seen => fullNames.Contains(seen.Seen.FullName);

    public static Func<Sighting, bool> Member(string fullName, params string[] members) =>
        seen => seen.Seen.FullName == fullName && seen.Api is { } api && members.Contains(api);

    public static Area Of(string name, params Func<Sighting, bool>[] parts) => new(name, seen => parts.Any(part => part(seen)));
}
