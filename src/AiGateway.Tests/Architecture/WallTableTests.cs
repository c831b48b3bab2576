namespace AiGateway.Tests.Architecture;

/// <summary>The table itself: whole, without contradictions, and the same in the document.</summary>
public sealed class WallTableTests
{
    /// <summary>Folders that hold no code of ours: settings, static files, build properties.</summary>
    private static readonly string[] NotCode = ["wwwroot", "Properties"];

    private static readonly string[] Names = [.. WallTable.Walls.Select(wall => wall.Folder)];

    [Fact]
    public void Every_folder_of_the_gateway_stands_in_the_table() =>
        Offences.None(Repository.FoldersIn(Repository.Source).Except(NotCode).Except(Names));

    [Fact]
    public void Every_folder_of_the_pipeline_stands_in_the_table()
    {
        var pipeline = Path.Combine(Repository.Source, "Pipeline");
        if (!Directory.Exists(pipeline)) Assert.Skip("There is no folder Pipeline yet.");
        Offences.None(Repository.FoldersIn(pipeline).Select(name => $"Pipeline/{name}").Except(Names));
    }

    [Fact]
    public void No_folder_stands_in_the_table_twice() => Assert.Equal(Names.Distinct(), Names);

    [Fact]
    public void A_wall_names_only_folders_that_have_walls()
    {
        var named = WallTable.Walls.SelectMany(wall => wall.MayImport).Concat(WallTable.Rooms.SelectMany(room => room.Only))
            .Concat(WallTable.Bans.SelectMany(ban => ban.Folders)).Concat(WallTable.Exemptions.SelectMany(e => e.MayImport));
        Offences.None(named.Except(Names).Except([Wall.Everything]));
    }

    [Fact]
    public void Folders_do_not_import_each_other_in_a_circle()
    {
        var left = WallTable.Walls.Where(wall => !wall.LetsIn(Wall.Everything)).ToList();
        while (left.RemoveAll(wall => !wall.MayImport.Any(name => left.Any(other => other.Folder == name))) > 0) { }
        Offences.None(left.Select(wall => wall.Folder));
    }

    [Fact]
    public void Nobody_imports_the_wiring_or_a_step() =>
        Offences.None(WallTable.Walls.Where(wall => wall.MayImport.Intersect([.. WallTable.Steps, "Hosting"]).Any()).Select(wall => wall.Folder));

    [Fact]
    public void Every_line_has_a_reason()
    {
        var reasons = WallTable.Walls.Select(w => w.Reason).Concat(WallTable.Rooms.Select(r => r.Reason))
            .Concat(WallTable.Bans.Select(b => b.Reason)).Concat(WallTable.Exemptions.Select(e => e.Reason));
        Assert.All(reasons, reason => Assert.EndsWith(".", reason));
    }

    [Fact]
    public void The_document_shows_the_table_as_it_is()
    {
        var text = Repository.Read("docs/architecture.md");
        var shown = text.Split("<!-- walls: begin -->\n") is [_, var rest] ? rest.Split("\n<!-- walls: end -->")[0] : "";
        Assert.True(shown == WallTableText.Write(), $"docs/architecture.md should say between its marks:\n{WallTableText.Write()}");
    }
}
