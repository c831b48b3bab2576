using System.Text;
using System.Text.Json;
using AiGateway.Tests.Recordings;
using AiGateway.Tests.Support;
using static AiGateway.Tests.EndToEnd.ReplayOutcome;

namespace AiGateway.Tests.EndToEnd;

/// <summary>
/// Replays calls about work that outlives them. Where a recording looks at work which an earlier call began, that call is made first.
/// The work's usage is charged once, at the first sight of its end; until then its hold stays open.
/// </summary>
internal sealed class JobReplay(RunningGateway gateway, CallerClient app)
{
    /// <summary>Tells the fake provider that a caller asks, and not the gateway on its own.</summary>
    private const string CallersMark = "x-caller";

    private static readonly string[] Ids = ["resp_", "run_", "batch_"];

    private readonly HashSet<string> _begun = [];
    private readonly HashSet<string> _charged = [];
    private FakeAnswer _recorded = FakeAnswer.Json("{}");
    private volatile string _status = "in_progress";

    public async Task<IReadOnlyList<ReplayOutcome>> RunAsync(IReadOnlyList<Recording> recordings)
    {
        gateway.Provider.Answer = request => request.Header(CallersMark) is not null ? _recorded : FakeAnswer.Json(Work(request.RawTarget.Split('?')[0].Split('/')[^1], _status));
        var outcomes = new List<ReplayOutcome>();
        foreach (var recording in recordings)
            outcomes.Add(await ReplayAsync(recording));
        // Nobody works on: whatever is still held is freed.
        _status = "cancelled";
        await gateway.NothingHeldAsync();
        return outcomes;
    }

    private async Task<ReplayOutcome> ReplayAsync(Recording recording)
    {
        var parts = recording.Target.Split('/');
        var at = Array.FindIndex(parts, part => Ids.Any(id => part.StartsWith(id, StringComparison.Ordinal)));
        var user = at < 0 ? recording.Name : parts[at];
        if (_begun.Add(user))
        {
            await gateway.Admin.CreateUserAsync(user);
            await gateway.Admin.GrantAsync(user, 1_000_000, $"test:{user}");
            if (at >= 0)
                await BeginAsync(user, string.Join('/', parts[..at]));
        }
        _recorded = FakeAnswer.Recorded(recording.Folder);
        using var request = AiGateway.Tests.Recordings.Replay.Request(app, recording);
        request.Headers.Add("X-AiGateway-User", user);
        request.Headers.Add(CallersMark, "1");
        using var got = await app.SendAsync(request);
        var bytes = await got.BytesAsync();
        return new ReplayOutcome(recording, [.. Differs("status", recording.Status, (int)got.StatusCode), .. DiffersInBytes(_recorded.Body, bytes)], [.. await BookedAsync(recording, user)]);
    }

    private async Task BeginAsync(string id, string list)
    {
        _recorded = FakeAnswer.Json(Work(id, "queued"));
        var body = """{"model":"gpt-4.1-mini","input":"x","background":true,"assistant_id":"asst_1","input_file_id":"file-1","endpoint":"/v1/responses","completion_window":"24h"}""";
        using var request = app.Request(HttpMethod.Post, list, body);
        request.Headers.Add("X-AiGateway-User", id);
        request.Headers.Add(CallersMark, "1");
        using var got = await app.SendAsync(request);
        Assert.True(got.IsSuccessStatusCode, $"{list} answered {(int)got.StatusCode}");
        await got.BytesAsync();
    }

    private async Task<IEnumerable<string>> BookedAsync(Recording recording, string user)
    {
        var expected = recording.Billable("input_total") + recording.Billable("output_total") is > 0 || _charged.Contains(user) ? 1 : 0;
        var ended = expected == 1 || Encoding.UTF8.GetString(recording.Response).Contains("\"status\":\"cancelled\"", StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await gateway.Admin.BalanceAsync(user)).GetProperty("held").GetInt64() > 0 != ended, $"{recording.Name}: the hold is {(ended ? "closed" : "open")}");
        var rows = await gateway.Admin.ChargesAsync(user, expected);
        if (expected == 0 || !_charged.Add(user))
            return Differs("rows", expected, rows.Count);
        return
        [
            .. Differs("rows", 1, rows.Count),
            .. Differs("source", "reported", rows[0].GetProperty("usage_source").GetString()),
            .. Differs("input", recording.Billable("input_total"), rows[0].GetProperty("prompt_tokens").GetInt64()),
            .. Differs("output", recording.Billable("output_total"), rows[0].GetProperty("completion_tokens").GetInt64()),
            .. Differs("model", recording.Model, rows[0].GetProperty("openai_model").GetString()),
        ];
    }

    private static string Work(string id, string status) => JsonSerializer.Serialize(new { id, status, usage = (object?)null });
}
