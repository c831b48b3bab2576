using System.Globalization;
using System.Text;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>A gateway that is asked to stop while streams are open, or that dies beside another one, loses no row.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class StopUnderLoadTests
{
    private const int Streams = 200;
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskStream = """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";

    [Fact]
    public async Task Of_200_streams_that_are_open_at_SIGTERM_all_finish_and_each_has_its_row()
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit());
        var key = await gateway.NewUserAsync("anna", 10_000_000);
        var rest = new Gate();
        gateway.Provider.Answer = _ => FakeAnswer.Events(FakeChat.Stream(withUsage: true).Select((each, at) => FakePiece.Of(each, at == 3 ? rest : null)));
        var streams = Enumerable.Range(0, Streams).Select(_ => ReadAsync(gateway, key)).ToList();
        await Eventually.TrueAsync(() => gateway.Provider.Running == Streams, "all streams are open", TimeSpan.FromMinutes(2));

        var stopped = gateway.Process.StopAsync();
        await Eventually.TrueAsync(async () => !await gateway.Process.IsReadyAsync(), "it says that it stops");
        Assert.All(streams, stream => Assert.False(stream.IsCompleted));
        rest.Open();
        var bodies = await Task.WhenAll(streams);
        Assert.Equal(0, await stopped);
        var whole = bodies.Count(body => body.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal));

        gateway.Provider.Answer = FakeChat.Answer;
        await gateway.Process.StartAsync();
        var rows = await gateway.Admin.ChargesAsync("anna");
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{Streams} streams open at SIGTERM: {whole} finished, {rows.Count} rows");
        Assert.Equal((Streams, Streams), (whole, rows.Count));
        Assert.All(rows, row => Assert.Equal(("reported", FakeChat.TotalTokens), (row.GetProperty("usage_source").GetString(), row.GetProperty("tokens_used").GetInt64())));
        Assert.Equal(Streams, rows.Select(row => row.GetProperty("request_id").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Where_one_of_two_gateways_dies_the_other_serves_on_and_ends_what_the_dead_one_held()
    {
        var settings = RunningGateway.WithoutHourlyLimit();
        settings["Ledger__HoldExpiry"] = TimeSpan.FromSeconds(3).ToString("c", CultureInfo.InvariantCulture);
        await using var gateway = await RunningGateway.StartAsync(settings, processes: 2);
        var key = await gateway.NewUserAsync("anna", 10_000_000);
        var gate = new Gate();
        gateway.Provider.Answer = request => FakeChat.Answer(request) with { BeforeHeaders = gate };
        var lost = Enumerable.Range(0, 10).Select(_ => TryAsync(gateway, key, node: 1)).ToList();
        await Eventually.TrueAsync(() => gateway.Provider.Running == 10, "ten calls are in flight at the second gateway");
        await gateway.Nodes[1].KillAsync();
        Assert.DoesNotContain(true, await Task.WhenAll(lost));
        gate.Open();

        gateway.Provider.Answer = FakeChat.Answer;
        for (var call = 0; call < 10; call++)
            Assert.True(await TryAsync(gateway, key, node: 0));
        await gateway.NothingHeldAsync();
        var sources = (await gateway.Admin.ChargesAsync("anna", 20)).Select(row => row.GetProperty("usage_source").GetString()).ToList();
        Assert.Equal((10, 10), (sources.Count(source => source == "reported"), sources.Count(source => source == "presumed")));
        await gateway.BooksBalanceAsync();
    }

    private static async Task<string> ReadAsync(RunningGateway gateway, MadeKey key)
    {
        using var answer = await gateway.Caller(key).ChatAsync(AskStream);
        Assert.Equal(200, (int)answer.StatusCode);
        return Encoding.UTF8.GetString(await answer.BytesAsync());
    }

    private static async Task<bool> TryAsync(RunningGateway gateway, MadeKey key, int node)
    {
        try
        {
            using var answer = await gateway.Caller(key, node).ChatAsync(Ask);
            await answer.BytesAsync();
            return answer.IsSuccessStatusCode;
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            return false; // Killed under this call.
        }
    }
}
