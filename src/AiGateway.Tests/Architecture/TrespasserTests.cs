using System.Reflection;

namespace AiGateway.Tests.Architecture;

/// <summary>The checker is held against types that break the walls on purpose, one for each way to do so.</summary>
public sealed class TrespasserTests
{
    private const string Prefix = "AiGateway.Tests.Architecture.Trespassers";

    private static readonly Lazy<IReadOnlyList<Trespass>> Caught = new(() => new AssemblyWalls(new FolderMap(Prefix)).Check(Compiled.Tests));

    public static TheoryData<string, string, string> Planted()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var type in typeof(TrespasserTests).Assembly.GetTypes())
            foreach (var mark in type.GetCustomAttributes<TrespassAttribute>())
                rows.Add(NameOf(type), mark.How.ToString(), mark.Sees);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Planted))]
    public void A_planted_trespasser_is_caught_where_it_was_planted(string author, string how, string sees)
    {
        var ofAuthor = Caught.Value.Where(t => t.Sighting.Author.FullName == author).ToList();
        Assert.True(
            ofAuthor.Any(t => t.Sighting.How.ToString() == how && t.Sighting.What.Contains(sees, StringComparison.Ordinal)),
            $"{author} got away with {sees} ({how}). Seen of it:\n{string.Join('\n', ofAuthor)}");
    }

    [Fact]
    public void Nobody_else_is_accused()
    {
        var planted = Planted().Select(row => row.Data.Item1).ToHashSet();
        Offences.None(Caught.Value.Where(t => !planted.Contains(t.Sighting.Author.FullName)).Select(t => t.ToString()));
    }

    [Fact]
    public void Every_way_to_refer_to_a_type_has_its_trespasser()
    {
        // A modifier stands only beside a type of the same signature, and an override beside its interface.
        var without = new[] { How.Modifier, How.Override };
        Assert.Equal(Enum.GetNames<How>().Except(without.Select(h => h.ToString())).Order(), Planted().Select(row => row.Data.Item2).Distinct().Order());
    }

    [Theory]
    [InlineData("Awaits", "Run")]
    [InlineData("AwaitsInLambda", "Run")]
    [InlineData("Iterates", "Run")]
    [InlineData("ClosesOver", "Run")]
    [InlineData("HasLocalFunction", "Run")]
    public void Code_that_the_compiler_moved_is_reported_under_the_method_that_holds_it(string type, string member)
    {
        var caught = Caught.Value.First(t => t.Sighting.Author.FullName == $"{Prefix}.Plans.{type}" && t.Sighting.How == How.Instruction);
        Assert.Equal(member, caught.Sighting.Member);
    }

    [Fact]
    public void A_report_names_both_sides_the_member_and_the_reason()
    {
        var caught = Caught.Value.First(t => t.Sighting.Author.Name == "KnowsAnotherStep").ToString();
        Assert.Equal(
            $"{Prefix}.Pipeline.Admission.KnowsAnotherStep.Kept (Field) → {Prefix}.Pipeline.Settlement.Till: " +
            "Pipeline/Admission may not import Pipeline/Settlement. " +
            WallTable.Walls.Single(wall => wall.Folder == "Pipeline/Admission").Reason,
            caught);
    }

    private static string NameOf(Type type) =>
        type.DeclaringType is { } outer ? NameOf(outer) : type.FullName ?? type.Name;
}
