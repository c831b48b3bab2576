using System.Buffers;
using System.Text;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

/// <summary>The end of a stream waits for its last word, at every split of the bytes.</summary>
public sealed class StreamTailTests
{
    private const string Chunk = "data: {\"a\":1}\n\n";

    [Theory]
    [InlineData(Chunk + "data: [DONE]\n\n", Chunk + ": word\n\ndata: [DONE]\n\n")]
    [InlineData(Chunk + "data:[DONE]\n\n", Chunk + ": word\n\ndata:[DONE]\n\n")]
    [InlineData("data: {}\r\n\r\ndata: [DONE]\r\n\r\n", "data: {}\r\n\r\n: word\r\n\r\ndata: [DONE]\r\n\r\n")]
    [InlineData("event: a\ndata: {}\n\nevent: done\ndata: [DONE]\n\n", "event: a\ndata: {}\n\n: word\n\nevent: done\ndata: [DONE]\n\n")]
    [InlineData(Chunk + "data: [DONE]", Chunk + ": word\n\ndata: [DONE]")]
    [InlineData(Chunk, Chunk + ": word\n\n")]
    [InlineData("event: response.completed\ndata: {\"x\":\"[DONE]\"}\n\n", "event: response.completed\ndata: {\"x\":\"[DONE]\"}\n\n: word\n\n")]
    [InlineData("data: [DONE] not\n\n", "data: [DONE] not\n\n: word\n\n")]
    [InlineData("data: {}", "data: {}\n: word\n\n")]
    [InlineData(": ping\n\ndata: [DONE]\n\n: bye\n\n", ": ping\n\n: word\n\ndata: [DONE]\n\n: bye\n\n")]
    public void The_last_word_comes_before_the_end(string stream, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (var split = 0; split <= bytes.Length; split++)
        {
            var (tail, output) = (new StreamTail(), new ArrayBufferWriter<byte>());
            tail.Push(bytes.AsSpan(0, split), output);
            tail.Push(bytes.AsSpan(split), output);
            tail.Finish("word", output);
            Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
        }
    }

    [Theory]
    [InlineData(Chunk + "data: [DONE]\n\n")]
    [InlineData("data: {}")]
    [InlineData("event: x\r\n")]
    [InlineData("")]
    public void Without_a_word_nothing_is_changed(string stream)
    {
        var (tail, output) = (new StreamTail(), new ArrayBufferWriter<byte>());
        foreach (var each in Encoding.UTF8.GetBytes(stream))
            tail.Push([each], output);
        tail.Finish(null, output);
        Assert.Equal(stream, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Only_the_end_is_kept_back()
    {
        var (tail, output) = (new StreamTail(), new ArrayBufferWriter<byte>());
        tail.Push(Encoding.UTF8.GetBytes(Chunk + "data: {\"half"), output);
        Assert.Equal(Chunk + "data: {\"half", Encoding.UTF8.GetString(output.WrittenSpan));
        tail.Push("\"}\n\ndata: [DO"u8, output);
        Assert.Equal(Chunk + "data: {\"half\"}\n\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void What_follows_the_end_without_end_is_not_kept()
    {
        var (tail, output) = (new StreamTail(), new ArrayBufferWriter<byte>());
        var more = new byte[StreamTail.MaxHeldBytes + 1];
        tail.Push("data: [DONE]\n\n"u8, output);
        tail.Push(more, output);
        tail.Finish("word", output);
        Assert.Equal(14 + more.Length, output.WrittenCount);
    }
}
