using AiGateway.Tests.Recordings;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

public sealed class EstimatesTests
{
    private readonly ITestOutputHelper _output = TestContext.Current.TestOutputHelper ?? throw new InvalidOperationException("No test is running.");

    [Fact]
    public void A_ceiling_counts_every_byte_and_part()
    {
        var facts = new RequestFacts { TextBytes = 10, Messages = 5, ImageParts = 1, AudioParts = 1, FileParts = 1 };
        Assert.Equal(10 + Estimates.ImagePartCeiling + Estimates.AudioPartCeiling + Estimates.FilePartCeiling, Estimates.InputCeiling(facts));
    }

    [Fact]
    public void A_ceiling_never_overflows() =>
        Assert.Equal(long.MaxValue, Estimates.InputCeiling(new RequestFacts { TextBytes = long.MaxValue, ImageParts = int.MaxValue, AudioParts = int.MaxValue, FileParts = int.MaxValue }));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(long.MaxValue, (long.MaxValue / 4) + 1)]
    public void A_token_is_about_four_bytes(long bytes, long expected) => Assert.Equal(expected, Estimates.OutputTokens(bytes));

    [Fact]
    public void Recorded_chat_input_lies_near_its_estimate()
    {
        var errors = new List<long>();
        foreach (var recording in Chats())
        {
            if (!recording.HasWholeRequest || recording.RequestBody is not { } body || recording.Billable("input_total") is not (> 0 and var real))
            {
                continue;
            }

            var facts = RequestReader.Read(UsageFormat.OpenAiChat, body);
            var guess = Estimates.InputTokens(facts);
            errors.Add(Percent(recording, guess, real));
        }

        Print(errors);
        Assert.InRange(Median(errors), -25, 25);
    }

    [Fact]
    public void Recorded_chat_output_lies_near_its_estimate()
    {
        var errors = new List<long>();
        foreach (var recording in Chats())
        {
            var report = Answers.Read(UsageFormat.OpenAiChat, Answers.FramingOf(recording), recording.Response);
            if (report is { Tokens.Output: > 0 and var real, OutputTextBytes: > 0 and var bytes })
            {
                errors.Add(Percent(recording, Estimates.OutputTokens(bytes), real - (report.Tokens.OutputAudio ?? 0)));
            }
        }

        Print(errors);
        Assert.InRange(Median(errors), -35, 25);
    }

    private static IReadOnlyList<Recording> Chats() => Corpus.Of("chat.completions");

    private long Percent(Recording recording, long guess, long real)
    {
        var percent = 100 * (guess - real) / Math.Max(1, real);
        _output.WriteLine($"{percent,6}%  {guess,7} for {real,7}  {recording.Name}");
        return percent;
    }

    private static long Median(List<long> errors) => errors.Order().ElementAt(errors.Count / 2);

    private void Print(List<long> errors)
    {
        var sorted = errors.Order().ToList();
        _output.WriteLine($"{sorted.Count} cases: 10% below {sorted[sorted.Count / 10]}%, median {Median(errors)}%, 10% above {sorted[sorted.Count * 9 / 10]}%");
    }
}
