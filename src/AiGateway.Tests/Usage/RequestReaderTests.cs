using System.Text;
using System.Text.Json;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

public sealed class RequestReaderTests
{
    private static RequestFacts Chat(string json) => RequestReader.Read(UsageFormat.OpenAiChat, Encoding.UTF8.GetBytes(json));

    private static RequestFacts Of(UsageFormat format, string json) => RequestReader.Read(format, Encoding.UTF8.GetBytes(json));

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"hi"}]}""", 2)]
    [InlineData("""{"messages":[{"role":"user","content":"h\u00e4\n"}]}""", 4)]
    [InlineData("""{"messages":[{"role":"user","name":"nobody","content":[{"type":"text","text":"abc"},{"text":"de","type":"text"}]}]}""", 5)]
    [InlineData("""{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"42"}]}""", 4)]
    [InlineData("""{"messages":[{"role":"assistant","refusal":"no","function_call":{"name":"f","arguments":"{}"}}]}""", 4)]
    [InlineData("""{"tools":[{"a": 1}],"metadata":{"a":"b"},"user":"someone"}""", 10)]
    [InlineData("""{"response_format":{"type":"x"},"tools":null}""", 12)]
    [InlineData("""{"prediction":{"type":"content","content":"abc"}}""", 3)]
    [InlineData("""{"prediction":{"type":"content","content":[{"type":"text","text":"abc"}]}}""", 3)]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"video","title":"abc","deep":[{"x":"de"}]}]}]}""", 5)]
    [InlineData("""{"me\u0073sages":[{"c\u006fntent":"hi"}]}""", 2)]
    public void Text_that_the_model_reads_is_counted_in_bytes(string json, long expected) => Assert.Equal(expected, Chat(json).TextBytes);

    [Fact]
    public void Parts_are_counted_and_their_base64_is_no_text()
    {
        var facts = Chat("""
            {"messages":[{"role":"user","content":[
              {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
              {"image_url":{"url":"https://x/y.png"},"type":"image_url"},
              {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},
              {"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}},
              {"type":"hologram","url":"data:x;base64,AAAA"},
              {"type":"text","text":"hi"}]}]}
            """);
        Assert.Equal((2L, 2, 1, 2, 1), (facts.TextBytes, facts.ImageParts, facts.AudioParts, facts.FileParts, facts.Messages));
    }

    [Theory]
    [InlineData("""{"max_tokens":5}""", 5L)]
    [InlineData("""{"max_completion_tokens":7,"max_tokens":5}""", 7L)]
    [InlineData("""{"max_tokens":9,"max_tokens":5}""", 9L)]
    [InlineData("""{"max_tokens":2.0}""", 2L)]
    [InlineData("""{"max_tokens":2.5}""", 3L)]
    [InlineData("""{"max_tokens":1e400}""", RequestReader.MaxLimit)]
    [InlineData("""{"max_tokens":9223372036854775807}""", RequestReader.MaxLimit)]
    [InlineData("""{"max_tokens":-5}""", null)]
    [InlineData("""{"max_tokens":-1e400}""", null)]
    [InlineData("""{"max_tokens":0}""", null)]
    [InlineData("""{"max_tokens":null}""", null)]
    [InlineData("""{"max_tokens":"5"}""", null)]
    [InlineData("""{"max_tokens":[5]}""", null)]
    [InlineData("""{"max_output_tokens":5}""", null)]
    [InlineData("""{"metadata":{"max_tokens":5}}""", null)]
    public void The_output_limit_is_the_larger_one_given(string json, long? expected) => Assert.Equal(expected, Chat(json).MaxOutputTokens);

    [Theory]
    [InlineData("max_completion_tokens", "1", "max_completion_tokens", "null", true)]
    [InlineData("max_completion_tokens", "null", "max_completion_tokens", "1", true)]
    [InlineData("max_tokens", "1", "max_tokens", "null", true)]
    [InlineData("max_tokens", "1", "max_t\\u006fkens", "null", true)]
    [InlineData("max_tokens", "1", "max_tokens", "[1]", true)]
    [InlineData("max_completion_tokens", "-1", "max_tokens", "1", true)]
    [InlineData("max_completion_tokens", "null", "max_tokens", "1", false)]
    [InlineData("max_completion_tokens", "1", "max_tokens", "2", false)]
    [InlineData("max_tokens", "1", "max_tokens", "2", false)]
    [InlineData("max_tokens", "null", "max_tokens", "null", false)]
    public void A_limit_beside_one_that_may_mean_none_is_unclear(string one, string value, string other, string otherValue, bool expected) =>
        Assert.Equal(expected, Chat($$"""{"{{one}}":{{value}},"{{other}}":{{otherValue}}}""").HasUnclearLimit);

    [Theory]
    [InlineData("""{"generationConfig":{"maxOutputTokens":1}}""", 1L, false)]
    [InlineData("""{"generationConfig":{"maxOutputTokens":1,"maxOutputTokens":null}}""", 1L, true)]
    [InlineData("""{"generationConfig":{"maxOutputTokens":1},"generationConfig":{}}""", 1L, true)]
    [InlineData("""{"generationConfig":null,"generation_config":{"maxOutputTokens":1}}""", 1L, true)]
    public void Geminis_limit_is_unclear_where_it_or_its_object_stands_twice(string json, long limit, bool isUnclear)
    {
        var facts = Of(UsageFormat.GeminiGenerate, json);
        Assert.Equal((limit, isUnclear), (facts.MaxOutputTokens, facts.HasUnclearLimit));
    }

    [Fact]
    public void Geminis_limit_is_none_in_a_chat() => Assert.Null(Chat("""{"generationConfig":{"maxOutputTokens":1}}""").MaxOutputTokens);

    [Theory]
    [InlineData("{}", 1)]
    [InlineData("""{"n":3}""", 3)]
    [InlineData("""{"n":3,"n":2}""", 3)]
    [InlineData("""{"n":-3}""", 1)]
    [InlineData("""{"n":1e400}""", RequestReader.MaxChoices)]
    [InlineData("""{"n":2,"best_of":5}""", 5)]
    [InlineData("""{"prompt":"abc","n":2}""", 2)]
    [InlineData("""{"prompt":["a","b","c"],"n":2}""", 6)]
    [InlineData("""{"prompt":[1,2,3]}""", 1)]
    [InlineData("""{"prompt":[[1,2],[3]]}""", 2)]
    public void Completions_answer_n_times_for_each_prompt(string json, int expected) =>
        Assert.Equal(expected, Of(UsageFormat.OpenAiCompletions, json).Choices);

    [Theory]
    [InlineData("""{"prompt":"abc"}""", 3)]
    [InlineData("""{"prompt":["a","bc"],"suffix":"d"}""", 4)]
    [InlineData("""{"prompt":[1,20000,3]}""", 3)]
    [InlineData("""{"prompt":[[1,2],[3]]}""", 3)]
    public void Token_ids_count_one_each(string json, long expected) =>
        Assert.Equal(expected, Of(UsageFormat.OpenAiCompletions, json).TextBytes);

    [Theory]
    [InlineData("""{"input":"abc","instructions":"de"}""", 5)]
    [InlineData("""{"input":[{"role":"user","content":"abc"},{"type":"message","role":"user","content":[{"type":"input_text","text":"de"}]}]}""", 5)]
    [InlineData("""{"input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"42"}]}""", 4)]
    [InlineData("""{"text":{"format":{"a":1},"verbosity":"low"}}""", 7)]
    [InlineData("""{"prompt":{"id":"p","variables":{"city":"Rome"}}}""", 5)]
    public void Responses_items_are_text(string json, long expected) =>
        Assert.Equal(expected, Of(UsageFormat.OpenAiResponses, json).TextBytes);

    [Fact]
    public void Responses_name_what_they_build_on()
    {
        var facts = Of(UsageFormat.OpenAiResponses, """{"model":"m","max_output_tokens":9,"previous_response_id":"resp_1","conversation":{"id":"conv_1"},"service_tier":"flex","safety_identifier":"s","user":"u","stream":true}""");
        Assert.Equal(("m", 9L, "resp_1", "conv_1"), (facts.Model, facts.MaxOutputTokens, facts.PreviousResponseId, facts.Conversation));
        Assert.Equal(("flex", "s", "u", true), (facts.ServiceTier, facts.SafetyIdentifier, facts.User, facts.Stream));
        Assert.Null(facts.UsageSplice);
        Assert.Equal("conv_2", Of(UsageFormat.OpenAiResponses, """{"conversation":"conv_2"}""").Conversation);
    }

    [Theory]
    [InlineData("OpenAiEmbeddings")]
    [InlineData("OpenAiImages")]
    [InlineData("OpenAiSpeech")]
    public void What_has_no_output_limit_reads_none(string format)
    {
        var facts = Of(Enum.Parse<UsageFormat>(format), """{"input":["abc","def"],"max_tokens":5,"max_output_tokens":5}""");
        Assert.Equal((6L, null), (facts.TextBytes, facts.MaxOutputTokens));
    }

    [Fact]
    public void The_last_of_duplicate_names_wins()
    {
        var facts = Chat("""{"model":"a","model":"b","user":"x","user":"y","stream":true,"stream":false}""");
        Assert.Equal(("b", "y", false), (facts.Model, facts.User, facts.Stream));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("[]")]
    [InlineData("\"a\"")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1/**/}""")]
    [InlineData("""{"a":NaN}""")]
    public void A_body_that_is_not_one_object_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => Chat(json));

    [Fact]
    public void A_body_nested_beyond_the_limit_is_refused()
    {
        static string Nested(int depth) => "{\"messages\":" + new string('[', depth) + new string(']', depth) + "}";
        Assert.Equal(0, Chat(Nested(JsonGrammar.MaxDepth - 1)).TextBytes);
        Assert.ThrowsAny<JsonException>(() => Chat(Nested(JsonGrammar.MaxDepth)));
    }

    [Theory]
    [InlineData("""{"stream":true}""")]
    [InlineData("""{ "stream" : true , "n":1 }  """)]
    [InlineData("""{"stream":true,"stream_options":{}}""")]
    [InlineData("""{"stream":true,"stream_options":{ }}""")]
    [InlineData("""{"stream_options":{"include_obfuscation":false},"stream":true}""")]
    [InlineData("""{"stream":true,"stream_options":{ "include_obfuscation" : {"x":[1]} , "y":2 }}""")]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":false,"x":1}}""")]
    [InlineData("""{"stream":true,"stream_options":{"x":"ä","include_usage": null }}""")]
    [InlineData("""{"stream":true,"stream_options":null}""")]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":true},"stream_options":null}""")]
    [InlineData("""{"stream":true,"stream_options":null,"stream_options":{"a":1}}""")]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":true,"include_usage":false}}""")]
    [InlineData("""{"stream":false,"messages":[{"content":"äöü"}],"stream":true,"stre\u0061m_options":{"include\u005fusage":false}}""")]
    public void Usage_is_spliced_into_a_stream_that_does_not_ask(string json)
    {
        foreach (var format in (UsageFormat[])[UsageFormat.OpenAiChat, UsageFormat.OpenAiCompletions])
        {
            var facts = Of(format, json);
            Assert.False(facts.IncludesUsage);
            var splice = Assert.IsType<Splice>(facts.UsageSplice);
            var spliced = Apply(json, splice);

            // The spliced body asks, and taking the splice out again gives the old one.
            var again = RequestReader.Read(format, spliced);
            Assert.True(again.IncludesUsage && again.UsageSplice is null, Encoding.UTF8.GetString(spliced));
            using var before = JsonDocument.Parse(json);
            using var after = JsonDocument.Parse(spliced);
            foreach (var member in before.RootElement.EnumerateObject().Where(member => member.Name != "stream_options"))
            {
                Assert.True(after.RootElement.TryGetProperty(member.Name, out _));
            }

            Assert.True(Options(before).All(name => Options(after).Contains(name)));
        }
    }

    [Theory]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":true}}""", true)]
    [InlineData("""{"stream":true,"stream_options":null,"stream_options":{"include_usage":true}}""", true)]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":false,"include_usage":true}}""", true)]
    [InlineData("""{"stream":false,"stream_options":{"include_usage":false}}""", false)]
    [InlineData("""{"stream":true,"stream":false}""", false)]
    [InlineData("""{"stream":"true"}""", false)]
    [InlineData("""{"stream":true,"stream_options":[]}""", false)]
    [InlineData("""{"stream":true,"stream_options":"x"}""", false)]
    [InlineData("""{"stream":true,"stream_options":{"include_usage":"yes"}}""", false)]
    [InlineData("""{"metadata":{"stream":true}}""", false)]
    public void Nothing_is_spliced_where_nothing_is_missing_or_nobody_should_touch(string json, bool includes)
    {
        var facts = Chat(json);
        Assert.Null(facts.UsageSplice);
        Assert.Equal(includes, facts.IncludesUsage);
    }

    [Fact]
    public void A_missing_option_goes_right_before_the_closing_brace() =>
        Assert.Equal("""{"stream":true ,"stream_options":{"include_usage":true}} """, Encoding.UTF8.GetString(Apply("""{"stream":true } """, Assert.IsType<Splice>(Chat("""{"stream":true } """).UsageSplice))));

    private static byte[] Apply(string json, Splice splice)
    {
        var body = Encoding.UTF8.GetBytes(json);
        return [.. body[..splice.Offset], .. splice.Insert, .. body[(splice.Offset + splice.Length)..]];
    }

    private static List<string> Options(JsonDocument document) =>
        document.RootElement.TryGetProperty("stream_options", out var options) && options.ValueKind is JsonValueKind.Object
            ? [.. options.EnumerateObject().Select(option => option.Name)]
            : [];
}
