using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AiGateway.Tests.Recordings;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Every recorded chat stream through a running gateway in crumbs: the provider's bytes arrive as they are, and what is booked is what was billed.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class RecordedChatTests
{
    private static readonly string[] Chat = ["chat.completions", "chat.completions.messages", "chat.completions.stored"];

    /// <summary>Streams up to this size are sent a byte at a time, larger ones in pieces of seven bytes, to stay within a minute.</summary>
    private const int ByteAtATime = 12_000;

    [Fact]
    public Task Every_recorded_chat_stream_passes_in_crumbs_too() =>
        ReplayAsync([.. Corpus.Of(Chat).Where(r => r.IsStream)], folder => Crumbled(FakeAnswer.Recorded(folder)));

    private static FakeAnswer Crumbled(FakeAnswer answer)
    {
        var bytes = answer.Pieces.Single().Bytes;
        return answer with { Pieces = [.. bytes.Chunk(bytes.Length <= ByteAtATime ? 1 : 7).Select(piece => new FakePiece(piece))] };
    }

    private static async Task ReplayAsync(IReadOnlyList<Recording> recordings, Func<string, FakeAnswer> answers)
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit());
        await gateway.Admin.CreateUserAsync("anna");
        await gateway.Admin.GrantAsync("anna", 1_000_000_000, "test:anna");
        var key = (await gateway.Admin.CreateKeyAsync("app", null)).Secret;
        var wrong = new List<string>();
        foreach (var recording in recordings)
            wrong.AddRange((await ReplayAsync(gateway, key, recording, answers(Path.GetDirectoryName(recording.ResponsePath) ?? ""))).Select(why => $"{recording.Name}: {why}"));
        Assert.True(wrong.Count == 0, $"{wrong.Count} differences in {recordings.Count} cases:\n{string.Join('\n', wrong)}");
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    private static async Task<IReadOnlyList<string>> ReplayAsync(RunningGateway gateway, string key, Recording recording, FakeAnswer answer)
    {
        gateway.Provider.Enqueue(answer);
        var caller = new CallerClient(gateway.Process.Client, key);
        using var got = await caller.SendAsync(Ask(caller, recording));
        var bytes = await got.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var wrong = new List<string>();
        if (recording.Status == 401)
            return got.StatusCode == HttpStatusCode.BadGateway ? wrong : [$"a provider's 401 became {(int)got.StatusCode}"];
        if ((int)got.StatusCode != recording.Status)
            wrong.Add($"status {(int)got.StatusCode} instead of {recording.Status}");
        if (!bytes.AsSpan().SequenceEqual(answer.Pieces.SelectMany(p => p.Bytes).ToArray()))
            wrong.Add($"bytes differ: {bytes.Length} instead of {answer.Pieces.Sum(p => p.Bytes.Length)}");
        wrong.AddRange(Booked(recording, await RowsAsync(gateway, got)));
        return wrong;
    }

    private static HttpRequestMessage Ask(CallerClient caller, Recording recording)
    {
        var method = HttpMethod.Parse(Recording.Text(recording.Request, "method") ?? "POST");
        var isCall = recording.Endpoint == "chat.completions" && method == HttpMethod.Post;
        var path = isCall ? CallerClient.ChatPath : Recording.Text(recording.Request, "path") ?? CallerClient.ChatPath;
        var request = caller.Request(method, path, recording.RequestBody is { } body ? Encoding.UTF8.GetString(body) : null);
        request.Headers.Add("X-AiGateway-User", "anna");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        return request;
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
        var costs = recording.Metering == "charge";
        if (rows.Count != (costs ? 1 : 0))
            return [$"{rows.Count} rows, metering is {recording.Metering}"];
        if (!costs)
            return [];
        var row = rows[0];
        var isKnown = recording.Billable("input_total") is not null;
        var source = row.GetProperty("usage_source").GetString();
        if (!isKnown)
            return source == "estimated" && row.GetProperty("tokens_used").GetInt64() > 0 ? [] : [$"no usage in the answer, booked as {source}"];
        return
        [
            .. Differs("source", "reported", source),
            .. Differs("input", recording.Billable("input_total"), row.GetProperty("prompt_tokens").GetInt64()),
            .. Differs("output", recording.Billable("output_total"), row.GetProperty("completion_tokens").GetInt64()),
            .. Differs("cached", recording.Billable("cache_read_total") ?? 0, row.GetProperty("cached_tokens").GetInt64()),
            .. Differs("charged", recording.Billable("input_total") + recording.Billable("output_total"), row.GetProperty("tokens_used").GetInt64()),
            .. Differs("model", recording.Model, row.GetProperty("openai_model").GetString()),
        ];
    }

    private static IEnumerable<string> Differs<T>(string what, T expected, T found) =>
        EqualityComparer<T>.Default.Equals(expected, found) ? [] : [$"{what} is {found}, not {expected}"];
}
