using System.Text;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

public sealed class AnswerReaderTests
{
    private static TokenCounts? Tokens(string usage) => Answers.ReadJson($$"""{"usage":{{usage}}}""").Tokens;

    [Theory]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"ab\"}}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n")]
    [InlineData("\n\nevent: x\ndata: {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\n")]
    [InlineData(" \n {\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}")]
    public void An_answer_of_another_content_type_is_read_by_its_first_bytes(string body)
    {
        foreach (var pieceSize in (int[])[1, 3, 1000])
            Assert.Equal(new TokenCounts { Input = 5, Output = 2 }, Answers.Read(UsageFormat.OpenAiChat, AnswerFraming.Other, Encoding.UTF8.GetBytes(body), pieceSize).Tokens);
    }

    [Theory]
    [InlineData("d")]
    [InlineData("data")]
    [InlineData("database")]
    public void A_short_or_similar_text_is_a_text(string body) =>
        Assert.Equal(body.Length, Answers.Read(UsageFormat.OpenAiTranscription, AnswerFraming.Other, Encoding.UTF8.GetBytes(body), 1).OutputTextBytes);

    [Fact]
    public void The_last_usage_wins_and_nothing_is_added_up()
    {
        var report = Answers.ReadStream(
            """
            data: {"choices":[{"delta":{"content":"ab"}}],"usage":{"prompt_tokens":5,"completion_tokens":1}}

            data: {"usage":{"prompt_tokens":5,"completion_tokens":2},"choices":[]}

            data: {"choices":[{"delta":{"content":"c"}}],"usage":null}

            data: [DONE]

            """);
        Assert.Equal(new TokenCounts { Input = 5, Output = 2 }, report.Tokens);
        Assert.Equal(3, report.OutputTextBytes);
        Assert.True(report.IsComplete);
    }

    [Fact]
    public void Usage_inside_generated_text_is_text() =>
        Assert.Null(Answers.ReadJson("""{"choices":[{"message":{"content":"\"usage\":{\"prompt_tokens\":1}","metadata":{"usage":{"prompt_tokens":9}}}}]}""").Tokens);

    [Fact]
    public void Escaped_keys_count() =>
        Assert.Equal(7, Answers.ReadJson("""{"\u0075sage":{"prompt\u005ftokens":7,"completion_tokens":1}}""").Tokens?.Input);

    [Fact]
    public void Zeros_beside_text_are_missing() =>
        Assert.Null(Answers.ReadJson("""{"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}""").Tokens);

    [Fact]
    public void Zeros_never_replace_a_count() =>
        Assert.Equal(3, Answers.ReadStream("data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\ndata: {\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}\n\n").Tokens?.Input);

    [Fact]
    public void Missing_completion_tokens_come_from_the_total() =>
        Assert.Equal(new TokenCounts { Input = 11, Output = 0 }, Tokens("""{"prompt_tokens":11,"total_tokens":11}"""));

    [Fact]
    public void Xai_leaves_reasoning_out_of_the_completion() =>
        Assert.Equal(110, Tokens("""{"prompt_tokens":20,"completion_tokens":10,"total_tokens":130,"completion_tokens_details":{"reasoning_tokens":100}}""")?.Output);

    [Fact]
    public void Gemini_shows_its_thinking_in_the_total_only() =>
        Assert.Equal(90, Tokens("""{"prompt_tokens":10,"completion_tokens":20,"total_tokens":100}""")?.Output);

    [Fact]
    public void Mistral_leaves_audio_out_of_the_prompt()
    {
        var tokens = Tokens("""{"prompt_audio_seconds":30,"prompt_tokens":3,"completion_tokens":11,"total_tokens":389}""");
        Assert.Equal(new TokenCounts { Input = 378, InputAudio = 375, Output = 11 }, tokens);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":2,"prompt_cache_hit_tokens":8}""")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":2,"num_cached_tokens":8}""")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":2,"cached_tokens":8,"prompt_tokens_details":null}""")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":8}}""")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":2,"prompt_token_details":{"cached_tokens":8},"prompt_cache_hit_tokens":0}""")]
    public void Every_name_of_the_cache_is_known(string usage) =>
        Assert.Equal(new TokenCounts { Input = 10, CacheRead = 8, Output = 2 }, Tokens(usage));

    [Theory]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":"5"}""")]
    [InlineData("""{"prompt_tokens":1e400,"completion_tokens":99999999999999999999}""")]
    [InlineData("""{"prompt_tokens":{"completion_tokens":5}}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("7")]
    public void What_is_no_count_is_not_reported(string usage) => Assert.Null(Tokens(usage));

    [Fact]
    public void Groq_reports_in_a_member_of_its_own() =>
        Assert.Equal(73, Answers.ReadStream("data: {\"choices\":[],\"x_groq\":{\"usage\":{\"prompt_tokens\":18,\"completion_tokens\":73}}}\n\n").Tokens?.Output);

    [Theory]
    [InlineData("event: error\ndata: {\"error\":{\"message\":\"m\",\"code\":\"tool_use_failed\"}}\n\n", "tool_use_failed")]
    [InlineData("data: {\"error\":{\"message\":\"m\",\"type\":\"server_error\",\"code\":null}}\n\n", "server_error")]
    [InlineData("data: {\"error\":{\"message\":\"m\",\"code\":502}}\n\n", "502")]
    [InlineData("error: {\"code\":500,\"message\":\"m\"}\n\n", "500")]
    [InlineData("error: out of memory\n\n", "out of memory")]
    [InlineData("event: error\ndata: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"m\"}\n\n", "rate_limit_exceeded")]
    [InlineData("data: {\"choices\":[{\"error\":{\"message\":\"m\"}}]}\n\n", "m")]
    [InlineData("data: {\"error\":null}\n\n", null)]
    [InlineData("data: {\"error\":{}}\n\n", null)]
    public void An_error_in_a_stream_is_seen(string stream, string? expected) => Assert.Equal(expected, Answers.ReadStream(stream).Error);

    [Theory]
    [InlineData("""{"code":"c","error":"text"}""", "c")]
    [InlineData("""{"detail":"Invalid API Key"}""", "Invalid API Key")]
    public void An_error_of_another_shape_is_seen(string body, string expected) => Assert.Equal(expected, Answers.ReadJson(body).Error);

    [Fact]
    public void The_last_model_that_is_not_empty_wins()
    {
        var report = Answers.ReadStream("data: {\"id\":\"\",\"model\":\"\"}\n\ndata: {\"id\":\"chatcmpl-1\",\"model\":\"m-1\",\"service_tier\":\"auto\"}\n\ndata: {\"model\":\"\",\"service_tier\":\"default\"}\n\n");
        Assert.Equal(("chatcmpl-1", "m-1", "default"), (report.ObjectId, report.Model, report.ServiceTier));
    }

    [Theory]
    [InlineData("""{"content":"hä"}""", 3)]
    [InlineData("""{"content":"a\n\u00e4\ud83d\ude00"}""", 8)]
    [InlineData("""{"content":[{"type":"text","text":"abc"},{"type":"thinking","thinking":[{"type":"text","text":"de"}]}]}""", 5)]
    [InlineData("""{"reasoning":"abc","reasoning_details":[{"text":"abc"}]}""", 3)]
    [InlineData("""{"reasoning_content":"abc","refusal":"de"}""", 5)]
    [InlineData("""{"tool_calls":[{"id":"call_1","type":"function","function":{"name":"n","arguments":"{}"}}]}""", 2)]
    [InlineData("""{"function_call":{"name":"n","arguments":"{}"}}""", 2)]
    [InlineData("""{"audio":{"id":"a","data":"AAAAAAAA","transcript":"abc"}}""", 3)]
    [InlineData("""{"role":"assistant","content":null}""", 0)]
    public void Generated_text_is_counted_in_bytes(string message, long expected)
    {
        Assert.Equal(expected, Answers.ReadJson($$"""{"choices":[{"message":{{message}}}]}""").OutputTextBytes);
        Assert.Equal(2 * expected, Answers.ReadStream($"data: {{\"choices\":[{{\"delta\":{message}}}]}}\n\ndata: {{\"choices\":[{{\"delta\":{message}}}]}}\n\n").OutputTextBytes);
    }

    [Fact]
    public void A_response_repeats_its_deltas_and_they_count_once()
    {
        var report = Answers.ReadStream(
            """
            data: {"type":"response.created","response":{"id":"resp_1","status":"in_progress","usage":null,"tool_usage":{"image_gen":{"input_tokens":0}}}}

            data: {"delta":"abc","type":"response.output_text.delta"}

            data: {"type":"response.audio.delta","delta":"AAAA"}

            data: {"type":"response.completed","response":{"id":"resp_1","usage":{"input_tokens":3,"output_tokens":1},"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"abc"}]}]}}

            """, UsageFormat.OpenAiResponses);
        Assert.Equal((3L, true, "resp_1"), (report.OutputTextBytes, report.IsComplete, report.ObjectId));
        Assert.Equal(new TokenCounts { Input = 3, Output = 1 }, report.Tokens);
    }

    [Theory]
    [InlineData("queued")]
    [InlineData("in_progress")]
    public void A_response_that_has_only_started_reports_nothing(string status) =>
        Assert.Null(Answers.ReadJson($$"""{"usage":{"input_tokens":0,"output_tokens":0},"status":"{{status}}"}""", UsageFormat.OpenAiResponses).Tokens);

    [Fact]
    public void Embeddings_have_no_output() =>
        Assert.Equal(new TokenCounts { Input = 4, Output = 0 }, Answers.ReadJson("""{"usage":{"prompt_tokens":4}}""", UsageFormat.OpenAiEmbeddings).Tokens);

    [Fact]
    public void A_cut_body_reports_what_was_seen()
    {
        var report = Answers.ReadJson("""{"model":"m","usage":{"prompt_tokens":4,"completion_tokens":1},"choices":[{"message":{"content":"ab"}},{"mess""");
        Assert.Equal((4L, "m", false), (report.Tokens?.Input, report.Model, report.IsComplete));
    }

    [Fact]
    public void Blanks_around_a_body_are_no_harm()
    {
        var report = Answers.ReadJson("\n         \n\n" + """{"usage":{"prompt_tokens":4,"completion_tokens":1}}""" + "   \n");
        Assert.Equal((4L, true), (report.Tokens?.Input, report.IsComplete));
    }

    [Fact]
    public void A_JSON_error_sent_as_an_octet_stream_is_read()
    {
        var body = """ {"error":{"code":"invalid_request_error"}}"""u8;
        Assert.Equal("invalid_request_error", Answers.Read(UsageFormat.OpenAiChat, AnswerFraming.Other, body, pieceSize: 1).Error);
    }

    [Fact]
    public void Broken_UTF_8_and_lone_surrogates_break_nothing()
    {
        byte[] body = [.. "{\"mod\\ud800el\":1,\"model\":\""u8, 0xFF, 0xFE, .. "\",\"choices\":[{\"message\":{\"content\":\"\\udc00"u8, 0xC3, .. "\"}}],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":1}}"u8];
        Assert.Equal(4, Answers.Read(UsageFormat.OpenAiChat, AnswerFraming.Json, body).Tokens?.Input);
    }

    [Fact]
    public void A_body_nested_beyond_the_limit_is_given_up()
    {
        var deep = "{\"a\":" + string.Concat(Enumerable.Repeat("[", JsonGrammar.MaxDepth + 1));
        Assert.False(Answers.ReadJson(deep).IsComplete);
    }

    [Fact]
    public void A_large_body_in_small_pieces_costs_no_more_than_its_bytes()
    {
        // 8 MB in one string, pushed byte by byte: reading the open string anew each time would take hours.
        byte[] body = [.. "{\"data\":\""u8, .. Enumerable.Repeat((byte)'A', 8 * 1024 * 1024), .. "\",\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}"u8];
        Assert.Equal(4, Answers.Read(UsageFormat.OpenAiEmbeddings, AnswerFraming.Json, body, pieceSize: 1).Tokens?.Input);
    }

    [Fact]
    public void A_large_stream_in_single_bytes_costs_no_more_than_its_bytes()
    {
        var events = string.Concat(Enumerable.Repeat("data: {\"choices\":[{\"delta\":{\"content\":\"abcd\"}}],\"usage\":null}\n\n", 12_000));
        var one = "data: {\"choices\":[{\"delta\":{\"content\":\"" + new string('x', 1_000_000) + "\"}}]}\n\n";
        var report = Answers.Read(UsageFormat.OpenAiChat, AnswerFraming.EventStream, Encoding.UTF8.GetBytes(events + one), pieceSize: 1);
        Assert.Equal(1_048_000, report.OutputTextBytes);
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Stored")]
    public void What_is_not_metered_reports_nothing(string format) => Assert.Equal(
        new UsageReport(),
        Answers.ReadJson("""{"id":"x","model":"m","usage":{"prompt_tokens":4,"completion_tokens":1}}""", Enum.Parse<UsageFormat>(format)));

    [Theory]
    [InlineData("""{"usage":{"prompt_tokens":4,"completion_tokens":1}}""")]
    [InlineData("""{"usage":{"input_tokens":4,"output_tokens":1,"total_tokens":5}}""")]
    [InlineData("""{"usage":{"input_tokens":1,"cache_read_input_tokens":2,"cache_creation_input_tokens":1,"output_tokens":1}}""")]
    public void Auto_finds_usage_in_any_of_the_known_words(string body)
    {
        var tokens = Answers.ReadJson(body, UsageFormat.Auto).Tokens;
        Assert.Equal((4L, 1L), (tokens?.Input, tokens?.Output));
    }
}
