using System.Globalization;
using AiGateway.Tests.Architecture;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>
/// Two gateways on one database are restarted one after the other while streams are open and calls come in. The callers do what a
/// balancer does: what one node refuses as draining, takes no connection for, or closes the connection on unanswered, they send to the other.
/// </summary>
[Collection(EndToEndGroup.Name)]
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    private const int Streams = 50, Users = 10;

    /// <summary>Calls a second beside the streams, and how often both nodes are restarted.</summary>
    private static readonly int Rate = Setting("AIGATEWAY_ROLLING_RATE", 40), Rounds = Setting("AIGATEWAY_ROLLING_ROUNDS", 1);

    [Fact]
    public async Task A_rolling_restart_loses_no_call_and_no_row()
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit(), processes: 2);
        var keys = await Task.WhenAll(Enumerable.Range(0, Users).Select(at => gateway.NewUserAsync($"user-{at}", 1_000_000_000)));
        var callers = new TwoNodeCallers(gateway, keys);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var load = callers.CallOnAsync(Rate, stop.Token);
        for (var round = 0; round < Rounds; round++)
            for (var node = 0; node < gateway.Nodes.Count; node++)
                await RestartUnderStreamsAsync(gateway, callers, node);
        await stop.CancelAsync();
        var seconds = await load;
        output.WriteLine($"{callers.Complete.Count} calls whole, {Streams * 2 * Rounds} of them streams across a restart; {(callers.Complete.Count - Streams * 2 * Rounds) / seconds:F0} calls a second for {seconds:F0} s; "
            + $"{callers.Refused} sent on after 503 draining, {callers.Unconnected} after no connection, {callers.BrokenOff} after one that was closed unanswered; {gateway.Provider.Count} calls at the provider");
        Offences.None(callers.Lost);
        await gateway.NothingHeldAsync();
        await EveryCallHasItsRowAsync(gateway, callers.Complete);
        await gateway.BooksBalanceAsync();
    }

    /// <summary>Half of the streams are on the node that stops; all are open when it is told to, and end after that.</summary>
    private static async Task RestartUnderStreamsAsync(RunningGateway gateway, TwoNodeCallers callers, int node)
    {
        var gate = new Gate();
        gateway.Provider.Answer = request => request.Text.Contains("\"stream\":true", StringComparison.Ordinal)
            ? FakeAnswer.Events(FakeChat.Stream(withUsage: true).Select((text, at) => FakePiece.Of(text, at == 3 ? gate : null)))
            : FakeChat.Answer(request);
        var streams = Enumerable.Range(0, Streams).Select(callers.StreamAsync).ToList();
        await Eventually.TrueAsync(() => callers.OpenStreams == Streams, $"{Streams} streams are open");
        var exit = gateway.Nodes[node].StopAsync();
        await Eventually.TrueAsync(async () => !await gateway.Nodes[node].IsReadyAsync(), "its readiness is off");
        var refused = callers.Refused;
        await Eventually.TrueAsync(() => callers.Refused > refused, "a call was sent on to the other node");
        Assert.False(exit.IsCompleted);
        gate.Open();
        await Task.WhenAll(streams);
        Assert.Equal(0, await exit);
        await gateway.Nodes[node].StartAsync();
    }

    private static async Task EveryCallHasItsRowAsync(RunningGateway gateway, IReadOnlyCollection<string> complete)
    {
        var rows = (await gateway.Admin.TransactionsAsync()).Where(row => row.GetProperty("entry").GetString() == "usage").ToList();
        Assert.Equal(complete.Order(StringComparer.Ordinal), rows.Select(row => row.GetProperty("request_id").GetString()).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal((FakeChat.TotalTokens, "reported"), (row.GetProperty("tokens_used").GetInt32(), row.GetProperty("usage_source").GetString())));
        Assert.Equal(complete.Count, gateway.Provider.Count);
    }

    private static int Setting(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : usual;
}
