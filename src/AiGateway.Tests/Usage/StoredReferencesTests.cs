using System.Text;
using System.Text.Json;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

/// <summary>What a body names that is stored at the provider, told from data that only looks like it.</summary>
public sealed class StoredReferencesTests
{
    [Theory]
    [InlineData("""{"input":[{"type":"item_reference","id":"msg_1"},{"id":"rs_1"}]}""", "msg_1 rs_1")]
    [InlineData("""{"input":[{"type":null,"id":"rs_1"},{"type":"message","id":"msg_2","role":"user","content":"x"},{"id":"msg_3","role":"user","content":"x"}]}""", "rs_1")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]}""", "file-1")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"file","file_id":"file_1"}},{"type":"container_upload","file_id":"file_2"}]}],"container":"container_1"}""", "file_1 file_2 container_1")]
    [InlineData("""{"container":{"id":"container_1","skills":[{"skill_id":"pptx"}]}}""", "container_1")]
    [InlineData("""{"tools":[{"type":"file_search","vector_store_ids":["vs_1","vs_2"]},{"type":"code_interpreter","container":{"type":"auto","file_ids":["file-1"]}}]}""", "vs_1 vs_2 file-1")]
    [InlineData("""{"tools":[{"type":"code_interpreter","container":"cntr_1"},{"type":"shell","environment":{"type":"container_reference","container_id":"cntr_2"}}]}""", "cntr_1 cntr_2")]
    [InlineData("""{"cachedContent":"cachedContents/1","contents":[{"parts":[{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/1"}},{"file_data":{"file_uri":"gs://bucket/a"}}]}]}""", "cachedContents/1 https://generativelanguage.googleapis.com/v1beta/files/1 gs://bucket/a")]
    [InlineData("""{"images":[{"fil\u0065_id":"file-\u0031"}],"mask":{"file_id":"file-2"}}""", "file-1 file-2")]
    [InlineData("""{"file_id":"file-1","x":[{"file_id":"file-1"}]}""", "file-1")]
    [InlineData("""{"file_ids":[""]}""", "?")]
    public void What_is_stored_is_found(string json, string expected) => Assert.Equal(expected, string.Join(' ', Found(json)));

    [Theory]
    [InlineData("""{"messages":[{"role":"assistant","content":[{"type":"tool_use","name":"open","input":{"file_id":"mine"}}]}]}""")]
    [InlineData("""{"contents":[{"parts":[{"functionCall":{"name":"open","args":{"file_id":"mine"}}},{"functionResponse":{"response":{"file_id":"mine"}}}]}]}""")]
    [InlineData("""{"tools":[{"type":"function","parameters":{"properties":{"file_id":{"type":"string","default":"x"}}}},{"input_schema":{"properties":{"container":{"type":"string"}}}}]}""")]
    [InlineData("""{"metadata":{"file_id":"mine"},"input":"file_id","text":{"format":{"schema":{"file_id":"x"}}}}""")]
    [InlineData("""{"contents":[{"parts":[{"fileData":{"fileUri":"https://example.com/a.png"}}]}]}""")]
    [InlineData("""{"input":[{"type":"function_call","id":"fc_1","call_id":"call_1","name":"f","arguments":"{\"file_id\":1}"}],"prompt":{"id":"pmpt_1"}}""")]
    public void What_only_looks_like_it_is_not(string json) => Assert.Empty(Found(json));

    [Fact]
    public void Who_names_too_many_names_nobodys()
    {
        var found = Found($$"""{"file_ids":[{{string.Join(',', Enumerable.Range(0, 100).Select(n => $"\"file-{n}\""))}}]}""");
        Assert.Equal((32, RequestFacts.UnknownReference), (found.Count, found[31]));
    }

    [Fact]
    public void A_body_that_is_no_json_is_refused_as_ever() =>
        Assert.ThrowsAny<JsonException>(() => RequestReader.Read(UsageFormat.OpenAiResponses, """{"file_id":"x","""u8));

    private static IReadOnlyList<string> Found(string json) => RequestReader.Read(UsageFormat.OpenAiResponses, Encoding.UTF8.GetBytes(json)).References;
}
