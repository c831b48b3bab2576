namespace AiGateway.Tests.Architecture;

/// <summary>The gateway itself, held against its walls.</summary>
public sealed class WallTests
{
    private static readonly Lazy<IReadOnlyList<Trespass>> Found = new(() => new AssemblyWalls(Compiled.GatewayMap).Check(Compiled.Gateway));

    public static TheoryData<string> Folders => [.. WallTable.Walls.Select(wall => wall.Folder)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_keeps_behind_its_wall(string folder) =>
        Offences.None(Found.Value.Where(trespass => trespass.Folder == folder).Select(trespass => trespass.ToString()));

    [Fact]
    public void No_type_stands_outside_the_table() =>
        Offences.None(Found.Value.Where(t => WallTable.Walls.All(wall => wall.Folder != t.Folder)).Select(t => t.Sighting.Author.FullName));

    [Fact]
    public void The_gateway_that_is_checked_is_the_one_that_runs() =>
        Assert.Equal(typeof(Program).Assembly.ManifestModule.ModuleVersionId, Compiled.Gateway.Mvid);

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_has_at_most_one_registration(string folder)
    {
        var registrations = Compiled.Gateway.Types.Where(t => Compiled.GatewayMap.FolderOf(t) == folder && t.Name.EndsWith("Registration", StringComparison.Ordinal));
        Assert.True(registrations.Count() <= 1, $"{folder}: {string.Join(", ", registrations.Select(t => t.Name))}");
    }
}
