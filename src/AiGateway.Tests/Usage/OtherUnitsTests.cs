using System.Text;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

/// <summary>Answers that count pictures, sound and tools, or count in the words of other providers.</summary>
public sealed class OtherUnitsTests
{
    [Fact]
    public void Pictures_are_counted_with_their_size_and_quality()
    {
        var report = Answers.ReadJson("""{"created":1,"data":[{"b64_json":"AA"},{"url":"u","revised_prompt":"r"}],"quality":"high","size":"1024x1536"}""", UsageFormat.OpenAiImages);
        Assert.Equal((2L, "1024x1536", "high", null), (report.Images, report.ImageSize, report.ImageQuality, report.Tokens));
    }

    [Fact]
    public void Each_finished_picture_of_a_stream_has_a_usage_of_its_own()
    {
        const string Done = """data: {"type":"image_generation.completed","b64_json":"AA","size":"1024x1024","usage":{"input_tokens":11,"output_tokens":272,"total_tokens":283}}""" + "\n\n";
        var report = Answers.ReadStream("event: image_generation.partial_image\ndata: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AA\"}\n\n" + Done + Done, UsageFormat.OpenAiImages);
        Assert.Equal((2L, 22L, 544L), (report.Images, report.Tokens?.Input, report.Tokens?.Output));
    }

    [Fact]
    public void A_stream_cut_behind_a_part_of_a_picture_shows_that_something_was_made()
    {
        var report = Answers.ReadStream("data: {\"type\":\"image_edit.partial_image\",\"b64_json\":\"AA\"}\n\n", UsageFormat.OpenAiImages);
        Assert.Equal((true, 0L, null), (report.HasOtherOutput, report.Images, report.Tokens));
    }

    [Theory]
    [InlineData("""{"text":"a","usage":{"type":"duration","seconds":4}}""", 4000L, null)]
    [InlineData("""{"text":"a","usage":{"seconds":1.7003}}""", 1701L, null)]
    [InlineData("""{"text":"a","duration":2.5,"segments":[{"end":9}]}""", null, 2500L)]
    [InlineData("""{"text":"a","duration":"8.47"}""", null, 8470L)]
    [InlineData("""{"text":"a","usage":{"seconds":-1},"duration":"x"}""", null, null)]
    public void Sound_is_measured_in_milliseconds(string body, long? billed, long? seen)
    {
        var report = Answers.ReadJson(body, UsageFormat.OpenAiTranscription);
        Assert.Equal((billed, seen, null), (report.SoundMilliseconds, report.CueMilliseconds, report.Tokens));
    }

    [Theory]
    [InlineData("1\r\n00:00:00,000 --> 00:00:02,000\r\nHello.\r\n\r\n2\r\n00:00:02,000 --> 01:00:07,250\r\nBye.\r\n", 3_607_250L, 10L)]
    [InlineData("WEBVTT\n\n00:00.000 --> 00:02.500 align:left\nHello.\n", 2_500L, 6L)]
    [InlineData("Hello, world.\n", null, 13L)]
    [InlineData("a --> b\n", null, 7L)]
    public void The_last_cue_says_how_long_a_transcript_is(string body, long? end, long text)
    {
        foreach (var pieceSize in new[] { 1, 5, 1000 })
        {
            var report = Answers.Read(UsageFormat.OpenAiTranscription, AnswerFraming.Other, Encoding.UTF8.GetBytes(body), pieceSize);
            Assert.Equal((end, text), (report.CueMilliseconds, report.OutputTextBytes));
        }
    }

    [Fact]
    public void An_Anthropic_stream_is_overlaid_whatever_stands_first()
    {
        const string Start = """data: {"message":{"usage":{"input_tokens":690,"cache_read_input_tokens":5,"output_tokens":3},"model":"claude"},"type":"message_start"}""" + "\n\n";
        const string Text = """data: {"delta":{"text":"abcdefgh"},"type":"content_block_delta"}""" + "\n\n";
        var whole = Answers.ReadStream(Start + Text + """data: {"usage":{"output_tokens":354,"input_tokens":3042},"delta":{},"type":"message_delta"}""" + "\n\n", UsageFormat.AnthropicMessages);
        Assert.Equal((3047L, 5L, 354L, "claude"), (whole.Tokens?.Input, whole.Tokens?.CacheRead, whole.Tokens?.Output, whole.Model));
        var cut = Answers.ReadStream(Start + Text, UsageFormat.AnthropicMessages);
        Assert.Equal((695L, null, 8L), (cut.Tokens?.Input, cut.Tokens?.Output, cut.OutputTextBytes));
    }

    [Fact]
    public void Passes_are_summed_and_those_of_another_model_named()
    {
        var report = Answers.ReadJson("""
            {"model":"claude-sonnet-5","usage":{"iterations":[{"type":"message","input_tokens":1128,"output_tokens":110},
             {"output_tokens":22,"model":"claude-opus-4-8","input_tokens":2518}],"input_tokens":1128,"output_tokens":110,"output_tokens_details":{"thinking_tokens":28}}}
            """, UsageFormat.AnthropicMessages);
        Assert.Equal((3646L, 132L, 28L), (report.Tokens?.Input, report.Tokens?.Output, report.Tokens?.Reasoning));
        Assert.Equal(("claude-opus-4-8", 2518L), (Assert.Single(report.OtherModels).Model, report.OtherModels[0].Tokens.Input));
    }

    [Theory]
    [InlineData("""{"promptTokenCount":9,"candidatesTokenCount":27,"totalTokenCount":318,"toolUsePromptTokenCount":61,"thoughtsTokenCount":221}""", 70L, 248L)]
    [InlineData("""{"promptTokenCount":14,"totalTokenCount":14}""", 14L, 0L)]
    [InlineData("""{"candidatesTokenCount":30,"thoughtsTokenCount":12}""", null, 42L)]
    [InlineData("""{"candidatesTokenCount":30,"totalTokenCount":40}""", 10L, 30L)]
    [InlineData("""{"promptTokenCount":3,"responseTokenCount":4}""", 3L, 4L)]
    public void Geminis_counts_are_put_into_our_meaning(string usage, long? input, long? output)
    {
        var tokens = Answers.ReadJson($$"""{"usageMetadata":{{usage}}}""", UsageFormat.GeminiGenerate).Tokens;
        Assert.Equal((input, output), (tokens?.Input, tokens?.Output));
    }

    [Fact]
    public void Geminis_array_counts_its_last_and_its_modalities_by_name_or_number()
    {
        var report = Answers.ReadJson("""
            [{"candidates":[{"content":{"parts":[{"text":"ab"}]}}],"usageMetadata":{"trafficType":"ON_DEMAND"},"modelVersion":"gemini-2.5-flash"}
            ,{"candidates":[{"content":{"parts":[{"text":"cd"}]},"finishReason":1}],"usageMetadata":{"promptTokenCount":268,"candidatesTokenCount":2,
              "promptTokensDetails":[{"tokenCount":250,"modality":4},{"modality":"TEXT","tokenCount":18}]}}]
            """, UsageFormat.GeminiGenerate);
        Assert.Equal((268L, 2L, 250L, 4L, true), (report.Tokens?.Input, report.Tokens?.Output, report.Tokens?.InputAudio, report.OutputTextBytes, report.IsComplete));
    }

    [Fact]
    public void Tools_are_counted_by_the_provider_else_by_their_calls()
    {
        const string Items = """ "output":[{"type":"web_search_call","action":{}},{"id":"x","type":"web_search_call"},{"type":"file_search_call"},{"type":"code_interpreter_call"},{"type":"code_interpreter_call"}] """;
        var counted = Answers.ReadJson($$$"""{"tool_usage":{"web_search":{"num_requests":1},"image_gen":{"input_tokens":5,"output_tokens":7}},{{{Items}}},"usage":{"input_tokens":1,"output_tokens":2}}""", UsageFormat.OpenAiResponses);
        Assert.Equal([1L, 1, 1], counted.Tools.Select(use => use.Quantity));
        Assert.Equal((5L, 7L, 1L), (counted.ImageToolTokens?.Input, counted.ImageToolTokens?.Output, counted.Tokens?.Input));
        Assert.Equal(2, Answers.ReadJson("{" + Items + "}", UsageFormat.OpenAiResponses).Tools[0].Quantity);
    }
}
