using AiGateway.Tests.Support;

namespace AiGateway.Tests.SeededBugs;

/// <summary>
/// Bugs in the money path that somebody could make, each with the test that catches it. The long form builds the gateway with each of them and sees its
/// test fail: <c>-class AiGateway.Tests.SeededBugs.SeededBugTests -explicit only</c>.
/// </summary>
public sealed class SeededBugTests(BuggyGateway buggy) : IClassFixture<BuggyGateway>
{
    private const int Fewest = 20;

    public static TheoryData<string> Names => [.. Directory.GetFiles(SeededBug.Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_are_at_least_twenty() => Assert.True(Names.Count >= Fewest, $"There are {Names.Count}.");

    [Theory]
    [MemberData(nameof(Names))]
    public void A_seeded_bug_fits_the_code_as_it_is_and_names_a_test(string name)
    {
        var bug = SeededBug.Read(name);
        Assert.NotEqual("", bug.PlantIn(File.ReadAllText(Path.Combine(RepositoryRoot.Find(), bug.File))));
        var (type, method) = (bug.Test[..bug.Test.LastIndexOf('.')], bug.Test[(bug.Test.LastIndexOf('.') + 1)..]);
        Assert.NotNull(typeof(SeededBugTests).Assembly.GetType(type)?.GetMethod(method));
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Names))]
    public async Task A_seeded_bug_is_caught_by_its_test(string name)
    {
        var bug = SeededBug.Read(name);
        var sound = await buggy.RunAsync(null, bug.Test);
        Assert.True(sound.IsGreen, $"Without the bug:\n{sound.Output}");
        var planted = await buggy.RunAsync(bug, bug.Test);
        Assert.False(planted.IsGreen, $"The bug lives: {bug.Sentence}");
        // The test itself has failed, and not the build, the runner or the machine.
        Assert.Contains($"{bug.Test}", planted.Failures, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {bug.Sentence}\n  caught by {bug.Test}:\n  {planted.Reason}");
    }
}
