using AiGateway.Tests.Recordings;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

/// <summary>Every recorded answer of the metered text formats, whole and in pieces.</summary>
public sealed class RecordedUsageTests
{
    /// <summary>Streams up to this size are also cut in two at every position, which costs their size squared.</summary>
    private const int CutInTwoBelow = 6 * 1024;

    /// <summary>Pieces that hold about an event or two, and pieces that hold parts of one; primes, so that they drift against the events.</summary>
    private const int SmallStreamPiece = 251;
    private const int LargeStreamPiece = 61;

    [Theory]
    [InlineData("chat")]
    [InlineData("completions")]
    [InlineData("responses")]
    [InlineData("embeddings")]
    [InlineData("images")]
    [InlineData("audio")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public void Every_recorded_answer_reports_what_was_billed(string family)
    {
        var wrong = Of(family).SelectMany(recording => Differences(recording, Whole(recording))).ToList();
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("completions")]
    [InlineData("responses")]
    [InlineData("embeddings")]
    [InlineData("images")]
    [InlineData("audio")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public void Every_recorded_answer_reports_the_same_one_byte_at_a_time(string family)
    {
        foreach (var recording in Of(family))
        {
            var pieces = Answers.Read(Answers.FormatOf(recording), Answers.FramingOf(recording), recording.Response, pieceSize: 1);
            Assert.Equal((recording.Name, Whole(recording)), (recording.Name, pieces));
        }
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("completions")]
    [InlineData("responses")]
    [InlineData("audio")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public void Every_recorded_stream_reports_the_same_wherever_it_is_split(string family)
    {
        foreach (var recording in Of(family).Where(recording => recording.IsStream))
        {
            var body = recording.Response;
            var whole = Whole(recording);
            var piece = body.Length <= 20 * 1024 ? SmallStreamPiece : LargeStreamPiece;
            for (var first = 0; first < piece; first++)
            {
                // Over all first pieces, every position is once the edge between two pieces.
                var split = Answers.Read(Answers.FormatOf(recording), AnswerFraming.EventStream, body, piece, first);
                Assert.True(whole == split, $"{recording.Name} in pieces of {piece} behind {first}: {split} instead of {whole}");
            }

            for (var at = 0; at <= body.Length && body.Length <= CutInTwoBelow; at++)
            {
                var split = Answers.Read(Answers.FormatOf(recording), AnswerFraming.EventStream, body, body.Length, at);
                Assert.True(whole == split, $"{recording.Name} split at {at}: {split} instead of {whole}");
            }
        }
    }

    [Fact]
    public void Every_recorded_chat_stream_that_ends_with_DONE_is_complete_and_a_cut_one_is_not()
    {
        foreach (var recording in Of("chat").Where(recording => recording.IsStream))
        {
            var hasDone = recording.Expected.GetProperty("stream_facts").GetProperty("done_marker").GetBoolean();
            var endsItself = recording.Endpoint is "chat.completions" && Recording.Text(recording.Expected, "provider") is "perplexity";
            Assert.Equal((recording.Name, hasDone || endsItself), (recording.Name, Whole(recording).IsComplete));
            var half = Answers.Read(UsageFormat.OpenAiChat, AnswerFraming.EventStream, recording.Response.AsSpan(0, recording.Response.Length / 2));
            Assert.False(half.IsComplete, recording.Name);
        }
    }

    [Fact]
    public void Every_recorded_error_is_named_and_no_other_answer_is()
    {
        foreach (var recording in Corpus.All.Where(recording => Answers.FormatOf(recording) is not UsageFormat.Auto))
        {
            var isError = recording.Expected.GetProperty("error").ValueKind is not System.Text.Json.JsonValueKind.Null;
            Assert.Equal((recording.Name, isError), (recording.Name, Whole(recording).Error is not null));
        }
    }

    [Fact]
    public void Stored_objects_report_nothing()
    {
        foreach (var recording in Corpus.All.Where(recording => recording.Metering is "repeat"))
        {
            Assert.Equal(new UsageReport(), Answers.Read(UsageFormat.Stored, Answers.FramingOf(recording), recording.Response));
        }
    }

    [Fact]
    public void No_recorded_answer_of_any_kind_breaks_a_reader()
    {
        foreach (var recording in Corpus.All.Where(recording => File.Exists(recording.ResponsePath)))
        {
            foreach (var format in Enum.GetValues<UsageFormat>())
            {
                foreach (var framing in Enum.GetValues<AnswerFraming>())
                {
                    Assert.NotNull(Answers.Read(format, framing, recording.Response));
                }
            }
        }
    }

    private static IEnumerable<Recording> Of(string family) =>
        Corpus.All.Where(recording => recording.Endpoint == family || recording.Endpoint.StartsWith(family + ".", StringComparison.Ordinal));

    private static UsageReport Whole(Recording recording) =>
        Answers.Read(Answers.FormatOf(recording), Answers.FramingOf(recording), recording.Response);

    private static IEnumerable<string> Differences(Recording recording, UsageReport report)
    {
        var tokens = report.Tokens;
        (string What, object? Expected, object? Actual)[] figures =
        [
            ("input", recording.Billable("input_total"), tokens?.Input),
            ("output", recording.Billable("output_total"), tokens?.Output),
            ("cache read", tokens is null ? null : recording.Billable("cache_read_total"), tokens?.CacheRead),
            ("cache write", tokens is null ? null : recording.Billable("cache_write_total"), tokens?.CacheWrite),
            ("reasoning", tokens is null ? null : Reported(recording, "reasoning_tokens"), tokens?.Reasoning),
            ("input audio", tokens is null ? null : Reported(recording, "input_audio_tokens"), tokens?.InputAudio),
            ("output audio", tokens is null ? null : Reported(recording, "output_audio_tokens"), tokens?.OutputAudio),
            ("input image", tokens is null ? null : Reported(recording, "input_image_tokens"), tokens?.InputImage),
            ("output image", tokens is null ? null : Reported(recording, "output_image_tokens"), tokens?.OutputImage),
            ("sound", Reported(recording, "duration_seconds") * 1000, report.SoundMilliseconds),
            ("web searches", Searches(recording) is 0 ? null : Searches(recording), Searches(recording) is null or 0 ? null : report.Tools.FirstOrDefault(use => use.Variant is "web_search").Quantity),
            ("model", recording.Model, report.Model),
            ("tier", Recording.Text(recording.Expected, "service_tier"), report.ServiceTier),
        ];
        return figures.Where(figure => !Equals(figure.Expected, figure.Actual))
            .Select(figure => $"{recording.Name}: {figure.What} {figure.Actual ?? "null"}, expected {figure.Expected ?? "null"}");
    }

    /// <summary>What the answer counts itself; null: nothing.</summary>
    private static long? Searches(Recording recording)
    {
        if (Reported(recording, "web_search_requests") is not null || recording.Expected.GetProperty("additional_usage") is not { ValueKind: System.Text.Json.JsonValueKind.Array } beside)
        {
            return Reported(recording, "web_search_requests");
        }

        return beside.EnumerateArray().Select(part => part.GetProperty("raw")).Where(raw => raw.TryGetProperty("web_search", out _))
            .Select(raw => (long?)raw.GetProperty("web_search").GetProperty("num_requests").GetInt64()).FirstOrDefault();
    }

    private static long? Reported(Recording recording, string figure) =>
        recording.Expected.GetProperty("as_reported").GetProperty(figure) is { ValueKind: System.Text.Json.JsonValueKind.Number } value
            ? value.GetInt64()
            : null;
}
