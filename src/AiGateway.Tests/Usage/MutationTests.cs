using System.Text;
using System.Text.Json;
using AiGateway.Tests.Recordings;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

/// <summary>Framings that nobody recorded, made from what was; and bytes that nobody would send.</summary>
public sealed class MutationTests
{
    /// <summary>Environment variable with the number of broken inputs; a few thousand where it is not set.</summary>
    private const string FuzzCount = "AIGATEWAY_FUZZ_INPUTS";
    private const int FuzzInputs = 5_000;
    private const int MaxEdits = 6;

    /// <summary>After so many inputs the memory that is still in use is looked at; it may grow by so many bytes, for whatever else runs beside this.</summary>
    private const int Sampled = 2_500;
    private const long Growth = 32L << 20;

    [Theory]
    [MemberData(nameof(Framings.Names), MemberType = typeof(Framings))]
    public void A_recorded_stream_in_another_framing_reports_the_same(string framing)
    {
        foreach (var recording in Streams())
        {
            var format = Answers.FormatOf(recording);
            var whole = Answers.Read(format, AnswerFraming.EventStream, recording.Response);
            var reframed = Encoding.UTF8.GetBytes(Framings.Reframe(Encoding.UTF8.GetString(recording.Response), framing));
            Assert.Equal((recording.Name, whole), (recording.Name, Answers.Read(format, AnswerFraming.EventStream, reframed, 17)));
        }
    }

    [Fact]
    public void A_recorded_stream_cut_anywhere_never_reports_more_output_than_the_whole_and_none_that_is_provisional()
    {
        foreach (var recording in Streams())
        {
            var body = recording.Response;
            var whole = Answers.Read(Answers.FormatOf(recording), AnswerFraming.EventStream, body);
            for (var end = 0; end < body.Length; end += Math.Max(1, body.Length / 40))
            {
                var cut = Answers.Read(Answers.FormatOf(recording), AnswerFraming.EventStream, body.AsSpan(0, end));
                // Gemini counts each step of an answer anew, so its figures may fall on the way.
                Assert.True(Answers.FormatOf(recording) is UsageFormat.GeminiGenerate || cut.Tokens?.Output is null || whole.Tokens?.Output is null || cut.Tokens.Output <= whole.Tokens.Output, $"{recording.Name} cut at {end}");
                // What was generated is either counted or left to the estimate: a count of zero beside text is neither.
                Assert.False(cut is { OutputTextBytes: > 0, Tokens.Output: 0 }, $"{recording.Name} cut at {end}");
            }
        }
    }

    [Fact]
    public void A_recorded_stream_may_be_cut_anywhere()
    {
        foreach (var recording in Streams())
        {
            var body = recording.Response;
            var whole = Answers.Read(Answers.FormatOf(recording), AnswerFraming.EventStream, body);
            for (var end = 0; end < body.Length; end += Math.Max(1, body.Length / 50))
            {
                var cut = Answers.Read(Answers.FormatOf(recording), AnswerFraming.EventStream, body.AsSpan(0, end));
                Assert.True(cut.OutputTextBytes <= whole.OutputTextBytes, $"{recording.Name} cut at {end}");
                StreamUsageFilterTests.Filter(body[..end], 1000);
            }
        }
    }

    [Fact]
    public void Broken_bytes_never_break_a_reader_or_the_filter_and_a_request_is_at_most_refused()
    {
        const int Seed = 20260821;
        var random = new Random(Seed);
        var seeds = Seeds();
        var rounds = int.TryParse(Environment.GetEnvironmentVariable(FuzzCount), out var asked) ? asked : FuzzInputs;
        var (before, most) = (0L, 0L);
        for (var round = 0; round < rounds; round++)
        {
            if (round % Sampled == 0)
            {
                before = round == 0 ? GC.GetTotalMemory(forceFullCollection: true) : before;
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }

            var bytes = Mutate(seeds[random.Next(seeds.Count)], random);
            var format = (UsageFormat)random.Next(Enum.GetValues<UsageFormat>().Length);
            var framing = (AnswerFraming)random.Next(Enum.GetValues<AnswerFraming>().Length);
            var pieceSize = random.Next(1, 200);
            try
            {
                Assert.Equal(Answers.Read(format, framing, bytes), Answers.Read(format, framing, bytes, pieceSize));
                Form(bytes, pieceSize);
                StreamUsageFilterTests.Filter(bytes, pieceSize);
                Refusable(format, bytes);
            }
            catch (Exception broken)
            {
                Assert.Fail($"Seed {Seed}, round {round}, {format}, {framing}, pieces of {pieceSize}: {broken}\n{Encoding.UTF8.GetString(bytes)}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} inputs; at most {most >> 10} KB more are alive than at the beginning");
        Assert.InRange(most, 0, Growth);
    }

    private static void Form(byte[] bytes, int pieceSize)
    {
        var form = new FormReader("B");
        foreach (var piece in bytes.Chunk(pieceSize))
        {
            form.Push(piece);
        }

        Assert.True(form.Facts is { FileBytes: >= 0, TextBytes: >= 0, Choices: >= 1 });
    }

    private static void Refusable(UsageFormat format, byte[] bytes)
    {
        try
        {
            var facts = RequestReader.Read(format, bytes);
            Assert.True(facts.TextBytes >= 0 && facts.Choices >= 1 && facts.MaxOutputTokens is null or > 0);
            Assert.True(Estimates.InputCeiling(facts) >= facts.TextBytes);
        }
        catch (JsonException)
        {
            // The one answer that a request reader may give to what is no JSON.
        }
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var edits = random.Next(MaxEdits); edits > 0 && bytes.Count > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                case 2: bytes.Insert(at, "\"\\{}[]:,\n\r0\u0000"u8.ToArray()[random.Next(12)]); break;
                default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at))); break;
            }
        }

        return [.. bytes];
    }

    private static List<byte[]> Seeds() =>
    [
        """{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"h\u00e4 \ud83d\ude00"},{"type":"image_url","image_url":{"url":"data:x"}}]}],"max_tokens":1e400,"n":2.0,"stream":true,"stream_options":{"include_usage":false}}"""u8.ToArray(),
        """{"prompt":[[1,2],[3]],"best_of":3,"max_tokens":-5,"stream":true}"""u8.ToArray(),
        """{"input":[{"type":"message","role":"user","content":"a"},{"type":"hologram","x":["y"]}],"instructions":"z","conversation":{"id":"c"},"text":{"format":{}}}"""u8.ToArray(),
        """{"id":"i","model":"m","choices":[{"message":{"content":"a\n","tool_calls":[{"function":{"arguments":"{}"}}]}}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":9,"prompt_tokens_details":{"cached_tokens":1}},"error":{"code":5}}"""u8.ToArray(),
        "\uFEFFdata: {\"model\":\"m\",\"created\":1,\"choices\":[{\"delta\":{\"content\":\"ä\\u00e4\"}}],\"usage\":null}\r\n\r\n: c\nevent: error\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\nerror: {}\rdata: [DONE]\n\n"u8.ToArray(),
        """{"id":"msg","model":"claude","content":[{"type":"text","text":"a"},{"type":"tool_use","input":{"q":"ä"}}],"usage":{"input_tokens":3,"cache_creation":{"ephemeral_1h_input_tokens":2},"iterations":[{"model":"x","input_tokens":3,"output_tokens":2}],"output_tokens":2,"server_tool_use":{"web_search_requests":1}}}"""u8.ToArray(),
        """[{"candidates":[{"content":{"parts":[{"text":"a"},{"functionCall":{"args":{"b":"c"}}}]},"finishReason":1}],"usageMetadata":{"promptTokenCount":3,"thoughtsTokenCount":2,"promptTokensDetails":[{"modality":4,"tokenCount":1}],"totalTokenCount":9},"modelVersion":"g"}]"""u8.ToArray(),
        """{"created":1,"data":[{"b64_json":"aaaa"},{"url":"u"}],"size":"1x1","quality":"high","duration":"2.5","usage":{"type":"duration","seconds":2.5}}"""u8.ToArray(),
        """{"contents":[{"parts":[{"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}],"generationConfig":{"maxOutputTokens":5,"candidateCount":2},"requests":[{"content":{"parts":[{"text":"b"}]}}]}"""u8.ToArray(),
        "WEBVTT\n\n00:00.000 --> 00:02.500 align:left\nHello\r\n\r\n2\r\n00:00:03,000 --> 01:00:05,001\r\nä\r\n"u8.ToArray(),
        "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b\"\r\n\r\nRIFF\r\n--\r\n--B--\r\n"u8.ToArray(),
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"c\",\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\ndata: {\"delta\":{\"text\":\"ab\"},\"type\":\"content_block_delta\"}\n\ndata: {\"usage\":{\"output_tokens\":9},\"type\":\"message_delta\"}\n\n"u8.ToArray(),
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"status\":\"completed\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}}\n\ndata: {\"type\":\"response.output_text.delta\",\ndata: \"delta\":\"x\"}\n\n"u8.ToArray(),
    ];

    private static IEnumerable<Recording> Streams() =>
        Corpus.All.Where(recording => recording.IsStream && Answers.FormatOf(recording) is not UsageFormat.Auto);
}
