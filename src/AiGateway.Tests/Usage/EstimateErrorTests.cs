using System.Globalization;
using AiGateway.Tests.Architecture;
using AiGateway.Tests.Recordings;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

/// <summary>How far the guesses for silent answers are from what was billed: every recorded call that reports its usage is guessed as if it did not.</summary>
public sealed class EstimateErrorTests
{
    /// <summary>Below so many tokens a handful of them is a large share; such calls are left out of the band.</summary>
    private const long FewTokens = 20;

    /// <summary>Half of the estimates are nearer than this, in percent of what was billed: of all calls, and of those whose tokens can be seen.</summary>
    private const int MedianOfAll = 45, MedianOfPlain = 25;

    /// <summary>What a provider adds to a request unseen: definitions of tools in its own words, pages that it looked up, what it kept of earlier calls.</summary>
    private static readonly string[] Additions = ["tools", "functions", "plugins", "previous_response_id", "conversation", "cachedContent", "mcp_servers", "context_management"];

    [Fact]
    public void Half_of_the_estimates_over_the_corpus_are_within_the_band()
    {
        var calls = Corpus.All.Where(recording => recording is { Metering: "charge", HasWholeRequest: true, RequestBody: not null }
            && recording.Endpoint.Split('.')[0] is "chat" or "completions" or "responses" or "embeddings" or "anthropic" or "gemini").ToList();
        Check("all", calls, MedianOfAll);
        Check("plain", [.. calls.Where(IsPlain)], MedianOfPlain);
    }

    private static void Check(string what, IReadOnlyList<Recording> calls, int median)
    {
        var inputs = Percents(calls, "input_total", (recording, _) =>
            Estimates.InputTokens(RequestReader.Read(Answers.FormatOf(recording), recording.RequestBody)));
        var outputs = Percents(calls, "output_total", (_, report) => Estimates.OutputTokens(report.OutputTextBytes));
        Documented($"| {what} | input |", inputs);
        Documented($"| {what} | output |", outputs);
        Assert.InRange(Math.Abs(At(inputs, 50)), 0, median);
        Assert.InRange(Math.Abs(At(outputs, 50)), 0, median);
    }

    /// <summary>Text in, text out: nothing was thought unseen, and nothing was added to the request.</summary>
    private static bool IsPlain(Recording recording)
    {
        var facts = RequestReader.Read(Answers.FormatOf(recording), recording.RequestBody);
        var report = Answers.Read(Answers.FormatOf(recording), Answers.FramingOf(recording), recording.Response);
        return facts is { ImageParts: 0, AudioParts: 0, FileParts: 0 } && report is { Tokens.Reasoning: null or 0, Tools.Count: 0 }
            && !Additions.Any(name => recording.Request.GetProperty("body").TryGetProperty(name, out _));
    }

    /// <summary>How far each guess is off, in percent, in order.</summary>
    private static List<long> Percents(IReadOnlyList<Recording> calls, string figure, Func<Recording, UsageReport, long> guess) =>
        [.. calls.Where(recording => recording.Billable(figure) >= FewTokens).Select(recording =>
        {
            var billed = recording.Billable(figure) ?? 0;
            var report = Answers.Read(Answers.FormatOf(recording), Answers.FramingOf(recording), recording.Response);
            return (guess(recording, report) - billed) * 100 / billed;
        }).Order()];

    private static long At(List<long> ordered, int percentile) => ordered[(ordered.Count - 1) * percentile / 100];

    /// <summary>docs/metering.md says the same.</summary>
    private static void Documented(string head, List<long> percents)
    {
        var row = string.Create(CultureInfo.InvariantCulture, $"{head} {percents.Count} |{string.Concat(((int[])[10, 25, 50, 75, 90]).Select(percentile => $" {Text(At(percents, percentile))} |"))}");
        TestContext.Current.TestOutputHelper?.WriteLine(row);
        Assert.Contains(row, Repository.Read("docs/metering.md"), StringComparison.Ordinal);
    }

    private static string Text(long percent) => string.Create(CultureInfo.InvariantCulture, $"{(percent < 0 ? "\u2212" : percent > 0 ? "+" : "")}{Math.Abs(percent)} %");
}
