using System.Text;
using AiGateway.Usage;
using Microsoft.ML.Tokenizers;

namespace AiGateway.Tests.Usage;

/// <summary>The second pass counts the same fields that the first one measures.</summary>
public sealed class RequestCountTests
{
    private static readonly TiktokenTokenizer Tokenizer = TiktokenTokenizer.CreateForEncoding("o200k_base");

    [Theory]
    [InlineData(nameof(UsageFormat.OpenAiChat), """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello there, how are you?"}]}""", "Hello there, how are you?")]
    [InlineData(nameof(UsageFormat.OpenAiChat), """{"messages":[{"role":"user","content":"one\nt\u0077o \"three\""}]}""", "one\ntwo \"three\"")]
    [InlineData(nameof(UsageFormat.OpenAiChat), """{"messages":[{"role":"user","content":[{"text":"seen","type":"text"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]}""", "seen")]
    [InlineData(nameof(UsageFormat.OpenAiChat), """{"messages":[],"tools":[{"type":"function"}]}""", """[{"type":"function"}]""")]
    [InlineData(nameof(UsageFormat.OpenAiResponses), """{"input":"Good morning","instructions":"Be brief"}""", "Good morning", "Be brief")]
    [InlineData(nameof(UsageFormat.OpenAiEmbeddings), """{"input":["first text","second text"]}""", "first text", "second text")]
    [InlineData(nameof(UsageFormat.OpenAiChat), """{"messages":[{"role":"user","content":[{"type":"strange","words":"unknown words"}]}]}""", "unknown words")]
    public void Every_piece_of_text_is_counted_and_nothing_else(string name, string body, params string[] texts)
    {
        var format = Enum.Parse<UsageFormat>(name);
        var json = Encoding.UTF8.GetBytes(body);
        Assert.Equal(texts.Sum(text => Encoding.UTF8.GetByteCount(text)), RequestReader.Read(format, json).TextBytes);
        Assert.Equal(texts.Sum(text => Tokenizer.CountTokens(text)), RequestReader.CountText(format, json, new TokenCounter(long.MaxValue)));
    }

    [Fact]
    public void Token_ids_count_one_each() =>
        Assert.Equal(3, RequestReader.CountText(UsageFormat.OpenAiCompletions, "{\"prompt\":[1,2,3]}"u8, new TokenCounter(long.MaxValue)));
}
