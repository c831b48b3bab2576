using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiGateway.Tests.Recordings;
using AiGateway.Tests.Support;
using AiGateway.Usage;
using static AiGateway.Tests.EndToEnd.ReplayOutcome;
using AnswersOfReaders = AiGateway.Tests.Usage.Answers;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Replays calls that are over with their answer.</summary>
internal sealed class CallReplay
{
    private const string User = "anna";
    private static readonly string[] OtherUnits = ["seconds", "images"];

    private readonly RunningGateway gateway;
    private readonly CallerClient app;

    private CallReplay(RunningGateway gateway, CallerClient app) => (this.gateway, this.app) = (gateway, app);

    /// <summary>With a user who can pay for all of it.</summary>
    public static async Task<CallReplay> StartAsync(RunningGateway gateway, CallerClient app)
    {
        await gateway.Admin.CreateUserAsync(User);
        await gateway.Admin.GrantAsync(User, 1_000_000_000, $"test:{User}");
        return new CallReplay(gateway, app);
    }

    public async Task<IReadOnlyList<ReplayOutcome>> RunAsync(IReadOnlyList<Recording> recordings)
    {
        var outcomes = new List<ReplayOutcome>();
        foreach (var recording in recordings)
            outcomes.Add(await ReplayAsync(recording, FakeAnswer.Recorded(recording.Folder)));
        return outcomes;
    }

    /// <param name="request">Null: as recorded.</param>
    /// <param name="expected">What the caller gets; null: what the provider sent.</param>
    public async Task<ReplayOutcome> ReplayAsync(Recording recording, FakeAnswer answer, HttpRequestMessage? request = null, byte[]? expected = null)
    {
        gateway.Provider.Enqueue(answer);
        using var asked = Asked(request ?? AiGateway.Tests.Recordings.Replay.Request(app, recording));
        var sent = gateway.Provider.Count;
        using var got = await app.SendAsync(asked);
        var bytes = await got.BytesAsync();
        if (gateway.Provider.Count == sent)
        {
            // Nobody took the queued answer: the next case must not get it.
            gateway.Provider.ClearQueue();
            return new ReplayOutcome(recording, [$"refused with {(int)got.StatusCode} {Encoding.UTF8.GetString(bytes)}"], []);
        }
        return new ReplayOutcome(recording, [.. Differences(recording, expected ?? answer.Body, got, bytes)], [.. Booked(recording, await RowsAsync(recording, got))]);
    }

    /// <returns>What arrived before the answer broke off, and what was booked.</returns>
    public async Task<(byte[] Bytes, IReadOnlyList<JsonElement> Rows)> CutAsync(Recording recording, FakeAnswer answer)
    {
        gateway.Provider.Enqueue(answer with { IsCut = true });
        using var asked = Asked(AiGateway.Tests.Recordings.Replay.Request(app, recording));
        using var got = await app.SendAsync(asked);
        var seen = new MemoryStream();
        await using var body = await got.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var broke = await Record.ExceptionAsync(() => body.CopyToAsync(seen, TestContext.Current.CancellationToken));
        Assert.True(broke is HttpRequestException or IOException, $"{recording.Name} ended as if it were whole");
        return (seen.ToArray(), await RowsAsync(recording, got));
    }

    private static HttpRequestMessage Asked(HttpRequestMessage request)
    {
        request.Headers.Add("X-AiGateway-User", User);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        return request;
    }

    private static IEnumerable<string> Differences(Recording recording, byte[] expected, HttpResponseMessage got, byte[] bytes)
    {
        // The gateway's own account was refused: no business of the caller's.
        if (recording.Status == 401)
            return Differs("a provider's 401", HttpStatusCode.BadGateway, got.StatusCode);
        return [.. Differs("status", recording.Status, (int)got.StatusCode), .. DiffersInBytes(expected, bytes)];
    }

    private async Task<IReadOnlyList<JsonElement>> RowsAsync(Recording recording, HttpResponseMessage got)
    {
        await gateway.NothingHeldAsync(recording.Name);
        var page = await gateway.Admin.PageAsync("transactions?limit=5&entry=usage");
        return [.. page.Where(row => row.GetProperty("request_id").GetString() == got.RequestId())];
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
        var byCost = AnswersOfReaders.FormatOf(recording) is UsageFormat.OpenAiImages or UsageFormat.OpenAiTranscription or UsageFormat.OpenAiSpeech;
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
}
