using System.Globalization;

namespace AiGateway.Tests.Simulation;

/// <summary>
/// Whole worlds played from seeds, see <see cref="World"/>. A failure names its seed: AIGATEWAY_SIMULATION_FROM=that AIGATEWAY_SIMULATION_SEEDS=1 plays it again.
/// </summary>
public sealed class SimulationTests
{
    private const string From = "AIGATEWAY_SIMULATION_FROM", Seeds = "AIGATEWAY_SIMULATION_SEEDS", Operations = "AIGATEWAY_SIMULATION_OPERATIONS";

    [Fact]
    public void No_seed_breaks_an_invariant_or_gives_an_answer_that_the_model_does_not_expect()
    {
        var (from, seeds, operations) = (Setting(From, 0), Setting(Seeds, 8), Setting(Operations, 2_500));
        long played = 0, faults = 0, crashes = 0;
        for (var seed = from; seed < from + seeds; seed++)
        {
            using var world = new World(seed);
            try
            {
                world.Play(operations);
            }
            catch (Exception violation)
            {
                Assert.Fail($"Seed {seed}, about operation {world.Operations}: {violation}\nAgain: {From}={seed} {Seeds}=1 {Operations}={operations}");
            }
            played += world.Operations;
            faults += world.Faults;
            crashes += world.Crashes;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{seeds} seeds, {played} operations, {faults} faults, {crashes} crashes: 0 violations");
    }

    [Fact]
    public void The_same_seed_plays_the_same_world()
    {
        Assert.Equal(Played(3), Played(3));
        Assert.NotEqual(Played(3), Played(5));

        static string Played(int seed)
        {
            using var world = new World(seed);
            world.Play(1_000);
            return string.Join('\n', world.Tables.Entries.SelectMany(account => account.Value).Select(row => $"{row}")) + $"{world.Faults} {world.Crashes} {world.Time.NowMs}";
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : otherwise;
}
