using System.Globalization;
using System.Text;
using AiGateway.Tests.Architecture;
using AiGateway.Tests.Recordings;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>
/// Every recorded exchange of every endpoint and provider through a running gateway, compressed ones as recorded: the provider's bytes arrive
/// as they are, and what is booked is what was billed. The table in docs/metering.md is the one that this run makes.
/// </summary>
[Collection(EndToEndGroup.Name)]
public sealed class RecordedEndpointTests
{
    private const string Head = "| endpoint | provider | cases | bytes equal | usage equal |";

    [Fact]
    public async Task Every_recorded_exchange_passes_byte_for_byte_and_is_booked_as_billed()
    {
        Assert.NotEmpty(Corpus.All);
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit(), configure: AiGateway.Tests.Recordings.Replay.WriteRoutes);
        var app = gateway.Caller(await gateway.AppAsync());
        var outcomes = new List<ReplayOutcome>();
        // Jobs first: a job that one of the calls began is charged already, and a recording of its end would find nothing to do.
        outcomes.AddRange(await new JobReplay(gateway, app).RunAsync(AiGateway.Tests.Recordings.Replay.Jobs));
        outcomes.AddRange(await (await CallReplay.StartAsync(gateway, app)).RunAsync(AiGateway.Tests.Recordings.Replay.Calls));
        outcomes.AddRange(await SessionReplay.RunAsync(gateway, AiGateway.Tests.Recordings.Replay.Sessions));
        var wrong = outcomes.SelectMany(o => o.Bytes.Concat(o.Usage).Select(why => $"{o.Recording.Name}: {why}")).ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} differences in {outcomes.Count} cases:\n{string.Join('\n', wrong)}");
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
        Assert.Equal(Corpus.All.Count, outcomes.Count);
        Assert.Equal(Table(outcomes), Documented());
    }

    private static string Table(IReadOnlyList<ReplayOutcome> outcomes)
    {
        var rows = outcomes.GroupBy(o => (o.Recording.Endpoint, Provider: Recording.Text(o.Recording.Expected, "provider") ?? ""))
            .OrderBy(group => group.Key.Endpoint, StringComparer.Ordinal).ThenBy(group => group.Key.Provider, StringComparer.Ordinal)
            .Select(group => Row(group.Key.Endpoint, group.Key.Provider, [.. group]));
        return string.Join('\n', [Head, "|---|---|---|---|---|", .. rows, Row("all", "", outcomes)]);
    }

    private static string Row(string endpoint, string provider, IReadOnlyList<ReplayOutcome> outcomes) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {endpoint} | {provider} | {outcomes.Count} | {outcomes.Count(o => o.Bytes.Count == 0)} | {outcomes.Count(o => o.Usage.Count == 0)} |");

    private static string Documented() =>
        string.Join('\n', Repository.Read("docs/metering.md").Split('\n').SkipWhile(line => line != Head).TakeWhile(line => line.StartsWith('|')));
}
