using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiGateway.Tests.Recordings;
using AiGateway.Tests.Support;
using AnswersOfReaders = AiGateway.Tests.Usage.Answers;

namespace AiGateway.Tests.EndToEnd;

/// <summary>
/// Every recorded HTTP exchange of every endpoint and provider through a running gateway, compressed ones as recorded: the provider's bytes arrive
/// as they are, and what is booked is what was billed. Prints the table of docs/metering.md.
/// </summary>
[Collection(EndToEndGroup.Name)]
public sealed class RecordedEndpointTests
{
    private static readonly string[] OtherUnits = ["seconds", "images"];

    private sealed record Outcome(Recording Recording, IReadOnlyList<string> Bytes, IReadOnlyList<string> Usage);

    [Fact]
    public async Task Every_recorded_exchange_passes_byte_for_byte_and_is_booked_as_billed()
    {
        var recordings = AiGateway.Tests.Recordings.Replay.Http;
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit(), configure: AiGateway.Tests.Recordings.Replay.WriteRoutes);
        await gateway.Admin.CreateUserAsync("anna");
        await gateway.Admin.GrantAsync("anna", 1_000_000_000, "test:anna");
        var caller = new CallerClient(gateway.Process.Client, (await gateway.Admin.CreateKeyAsync("app", null)).Secret);
        var outcomes = new List<Outcome>();
        foreach (var recording in recordings)
            outcomes.Add(await ReplayAsync(gateway, caller, recording));
        Print(outcomes);
        var wrong = outcomes.SelectMany(o => o.Bytes.Concat(o.Usage).Select(why => $"{o.Recording.Name}: {why}")).ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} differences in {recordings.Count} cases:\n{string.Join('\n', wrong)}");
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    private static void Print(IReadOnlyList<Outcome> outcomes)
    {
        var table = new StringBuilder("\n| endpoint | provider | cases | bytes equal | usage equal |\n|---|---|---|---|---|\n");
        foreach (var group in outcomes.GroupBy(o => (o.Recording.Endpoint, Provider: Recording.Text(o.Recording.Expected, "provider"))).OrderBy(group => group.Key))
            table.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"| {group.Key.Endpoint} | {group.Key.Provider} | {group.Count()} | {group.Count(o => o.Bytes.Count == 0)} | {group.Count(o => o.Usage.Count == 0)} |\n");
        table.Append(System.Globalization.CultureInfo.InvariantCulture,
            $"| all | | {outcomes.Count} | {outcomes.Count(o => o.Bytes.Count == 0)} | {outcomes.Count(o => o.Usage.Count == 0)} |\n");
        TestContext.Current.TestOutputHelper?.WriteLine(table.ToString());
    }

    private static async Task<Outcome> ReplayAsync(RunningGateway gateway, CallerClient caller, Recording recording)
    {
        var answer = FakeAnswer.Recorded(Path.GetDirectoryName(recording.ResponsePath) ?? "");
        gateway.Provider.Enqueue(answer);
        using var request = AiGateway.Tests.Recordings.Replay.Request(caller, recording);
        request.Headers.Add("X-AiGateway-User", "anna");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        var sent = gateway.Provider.Count;
        using var got = await caller.SendAsync(request);
        var bytes = await got.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        if (gateway.Provider.Count == sent)
        {
            // Nobody took the queued answer: the next case must not get it.
            gateway.Provider.ClearQueue();
            return new Outcome(recording, [$"refused with {(int)got.StatusCode} {Encoding.UTF8.GetString(bytes)}"], []);
        }
        return new Outcome(recording, [.. Differences(recording, answer, got, bytes)], [.. Booked(recording, await RowsAsync(gateway, got))]);
    }

    private static IEnumerable<string> Differences(Recording recording, FakeAnswer answer, HttpResponseMessage got, byte[] bytes)
    {
        // The gateway's own account was refused: no business of the caller's.
        if (recording.Status == 401)
            return got.StatusCode == HttpStatusCode.BadGateway ? [] : [$"a provider's 401 became {(int)got.StatusCode}"];
        var status = (int)got.StatusCode == recording.Status ? Array.Empty<string>() : [$"status {(int)got.StatusCode} instead of {recording.Status}"];
        var expected = answer.Pieces.SelectMany(piece => piece.Bytes).ToArray();
        return bytes.AsSpan().SequenceEqual(expected) ? status : [.. status, $"bytes differ: {bytes.Length} instead of {expected.Length}"];
    }

    private static async Task<IReadOnlyList<JsonElement>> RowsAsync(RunningGateway gateway, HttpResponseMessage got)
    {
        await gateway.NothingHeldAsync();
        var id = got.Headers.GetValues("X-AiGateway-Request-Id").Single();
        var page = await gateway.Admin.PageAsync("transactions?limit=5&entry=usage");
        return [.. page.Where(row => row.GetProperty("request_id").GetString() == id)];
    }

    private static IEnumerable<string> Booked(Recording recording, IReadOnlyList<JsonElement> rows)
    {
        if (recording.Metering is "other-unit")
            return rows.All(row => row.GetProperty("tokens_used").GetInt64() > 0) ? [] : ["a unit that costs nothing"];
        var costs = recording.Metering == "charge";
        if (rows.Count != (costs ? 1 : 0))
            return [$"{rows.Count} rows, metering is {recording.Metering}"];
        return costs ? Charged(recording, rows[0]) : [];
    }

    private static IEnumerable<string> Charged(Recording recording, JsonElement row)
    {
        var source = row.GetProperty("usage_source").GetString();
        var (input, output) = (recording.Billable("input_total"), recording.Billable("output_total"));
        var model = recording.Model ?? Recording.Text(recording.Expected, "request_model");
        List<string> wrong = [.. Differs("model", model, row.GetProperty("openai_model").GetString())];
        var tokens = row.GetProperty("tokens_used").GetInt64();
        if (tokens <= 0)
            wrong.Add("nothing was charged");
        if (input is null)
        {
            var isUnit = OtherUnits.Contains(Recording.Text(recording.Expected, "unit")) && recording.ResponseFile.EndsWith(".json", StringComparison.Ordinal);
            return [.. wrong, .. Differs("source", isUnit ? "reported" : "estimated", source)];
        }
        var byCost = AnswersOfReaders.FormatOf(recording) is AiGateway.Usage.UsageFormat.OpenAiImages or AiGateway.Usage.UsageFormat.OpenAiTranscription or AiGateway.Usage.UsageFormat.OpenAiSpeech;
        return
        [
            .. wrong,
            .. Differs("source", "reported", source),
            .. Differs("input", input, row.GetProperty("prompt_tokens").GetInt64()),
            .. Differs("output", output, row.GetProperty("completion_tokens").GetInt64()),
            .. Differs("cached", recording.Billable("cache_read_total") ?? 0, row.GetProperty("cached_tokens").GetInt64()),
            .. byCost ? [] : Differs("charged", input + output, tokens),
        ];
    }

    private static IEnumerable<string> Differs<T>(string what, T expected, T found) =>
        EqualityComparer<T>.Default.Equals(expected, found) ? [] : [$"{what} is {found}, not {expected}"];
}
