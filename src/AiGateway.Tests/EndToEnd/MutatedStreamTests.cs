using System.Text;
using System.Text.Json.Nodes;
using AiGateway.Tests.Recordings;
using AiGateway.Tests.Support;
using AiGateway.Usage;
using AnswersOfReaders = AiGateway.Tests.Usage.Answers;
using FilterTests = AiGateway.Tests.Usage.StreamUsageFilterTests;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Recorded streams of each provider's format, in framings and pieces that nobody recorded, through a running gateway: same bytes, same usage.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class MutatedStreamTests(MutatedStreamTests.OfAllProviders shared) : IClassFixture<MutatedStreamTests.OfAllProviders>
{
    /// <summary>Of each endpoint and provider, so many of the shortest.</summary>
    private const int OfEach = 2;

    /// <summary>Longer ones would be sent in too many pieces.</summary>
    private const int LongestBytes = 45_000;

    /// <summary>With routes to every provider that was recorded.</summary>
    public sealed class OfAllProviders : SharedGateway
    {
        private protected override Task<RunningGateway> StartAsync() =>
            RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit(), configure: AiGateway.Tests.Recordings.Replay.WriteRoutes);
    }

    private static readonly string[] Pieces = ["single bytes", "split inside characters"];

    [Fact]
    public async Task A_stream_in_another_framing_or_in_other_pieces_arrives_as_sent_and_is_booked_the_same()
    {
        var gateway = shared.Fresh();
        var replay = await CallReplay.StartAsync(gateway, gateway.Caller(await gateway.AppAsync()));
        var outcomes = new List<(string How, ReplayOutcome Outcome)>();
        foreach (var recording in Streams())
        {
            var text = Encoding.UTF8.GetString(recording.Response);
            foreach (var framing in Framings.All)
                outcomes.Add((framing, await replay.ReplayAsync(recording, Answer(recording, Whole(Framings.Reframe(text, framing))))));
            foreach (var pieces in Pieces)
                outcomes.Add((pieces, await replay.ReplayAsync(recording, Answer(recording, Cut(text, pieces)))));
        }
        await CheckAsync(gateway, outcomes);
    }

    [Fact]
    public async Task Usage_that_was_asked_for_behind_the_callers_back_leaves_no_trace_in_any_framing()
    {
        var gateway = shared.Fresh();
        var app = gateway.Caller(await gateway.AppAsync());
        var replay = await CallReplay.StartAsync(gateway, app);
        var outcomes = new List<(string How, ReplayOutcome Outcome)>();
        foreach (var recording in Streams().Where(r => r.AskedForUsage && AnswersOfReaders.FormatOf(r) is UsageFormat.OpenAiChat))
        {
            var text = Encoding.UTF8.GetString(recording.Response);
            // The one with CRLF is a provider's whose requests are left alone.
            if (text.Contains('\r', StringComparison.Ordinal))
                continue;
            var without = FilterTests.WithoutUsage(text);
            foreach (var framing in Framings.All)
                outcomes.Add((framing, await replay.ReplayAsync(recording, Answer(recording, Whole(Framings.Reframe(text, framing))), Unasked(app, recording), Encoding.UTF8.GetBytes(Framings.Reframe(without, framing)))));
            foreach (var pieces in Pieces)
                outcomes.Add((pieces, await replay.ReplayAsync(recording, Answer(recording, Cut(text, pieces)), Unasked(app, recording), [.. Cut(without, pieces).SelectMany(piece => piece.Bytes)])));
        }
        await CheckAsync(gateway, outcomes);
    }

    [Fact]
    public async Task A_stream_cut_anywhere_arrives_up_to_the_cut_and_what_it_showed_is_charged()
    {
        var gateway = shared.Fresh();
        var replay = await CallReplay.StartAsync(gateway, gateway.Caller(await gateway.AppAsync()));
        var wrong = new List<string>();
        // A run goes on when its stream breaks off, and is charged when it ends.
        foreach (var recording in Streams().Where(r => r.Endpoint != "threads.runs"))
            foreach (var part in (int[])[1, 2, 5, 8, 9])
            {
                var sent = recording.Response[..(recording.Response.Length * part / 10 + part)];
                var (got, rows) = await replay.CutAsync(recording, Answer(recording, [new FakePiece(sent)]));
                var shown = AnswersOfReaders.Read(AnswersOfReaders.FormatOf(recording), AnswerFraming.EventStream, sent);
                wrong.AddRange(ReplayOutcome.DiffersInBytes(sent, got).Select(why => $"{recording.Name}, {part}: {why}"));
                if (shown.OutputTextBytes > 0 && (rows.Count != 1 || rows[0].GetProperty("tokens_used").GetInt64() <= 0))
                    wrong.Add($"{recording.Name}, {part}: {rows.Count} rows for {shown.OutputTextBytes} bytes of text");
                if (rows.Count == 1 && shown.Tokens?.Output is null && rows[0].GetProperty("usage_source").GetString() != "estimated")
                    wrong.Add($"{recording.Name}, {part}: a guess that is not flagged");
            }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    private static async Task CheckAsync(RunningGateway gateway, List<(string How, ReplayOutcome Outcome)> outcomes)
    {
        var wrong = outcomes.SelectMany(o => o.Outcome.Bytes.Concat(o.Outcome.Usage).Select(why => $"{o.Outcome.Recording.Name}, {o.How}: {why}")).ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} differences in {outcomes.Count} cases:\n{string.Join('\n', wrong)}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{outcomes.Count} cases of {outcomes.Select(o => o.Outcome.Recording).Distinct().Count()} recordings");
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    private static IEnumerable<Recording> Streams() =>
        AiGateway.Tests.Recordings.Replay.Calls.Where(r => r is { IsStream: true, IsVerbatim: true, Metering: "charge" } && r.Response.Length <= LongestBytes)
            .GroupBy(r => (r.Endpoint, Recording.Text(r.Expected, "provider"))).SelectMany(group => group.OrderBy(r => r.Response.Length).Take(OfEach));

    private static FakeAnswer Answer(Recording recording, IReadOnlyList<FakePiece> pieces) => FakeAnswer.Of("text/event-stream; charset=utf-8", recording.Status, pieces);

    private static FakePiece[] Whole(string text) => [FakePiece.Of(text)];

    private static IReadOnlyList<FakePiece> Cut(string text, string how)
    {
        // A comment, so that there is a character of several bytes in every stream.
        var bytes = Encoding.UTF8.GetBytes($": ä😀\n\n{text}");
        if (how == "single bytes")
            return [.. bytes.Take(4000).Select(each => new FakePiece([each])), new FakePiece(bytes[Math.Min(4000, bytes.Length)..])];
        int[] cuts = [0, .. Enumerable.Range(1, bytes.Length - 1).Where(at => (bytes[at] & 0xC0) == 0x80), bytes.Length];
        return [.. cuts.Zip(cuts.Skip(1)).Select(span => new FakePiece(bytes[span.First..span.Second]))];
    }

    private static HttpRequestMessage Unasked(CallerClient app, Recording recording)
    {
        var request = AiGateway.Tests.Recordings.Replay.Request(app, recording);
        var body = JsonNode.Parse(recording.RequestBody)?.AsObject() ?? [];
        body.Remove("stream_options");
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return request;
    }
}
