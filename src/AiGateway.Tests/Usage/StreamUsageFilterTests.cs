using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using AiGateway.Tests.Recordings;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

public sealed partial class StreamUsageFilterTests
{
    [Fact]
    public void Recorded_streams_with_include_usage_come_out_as_if_it_had_not_been_asked()
    {
        foreach (var recording in Streams().Where(recording => recording.AskedForUsage))
        {
            var expected = WithoutUsage(Encoding.UTF8.GetString(recording.Response));
            Assert.DoesNotContain("\"usage\":null", expected, StringComparison.Ordinal);
            foreach (var pieceSize in (int[])[1, 7, 1000, int.MaxValue])
            {
                Assert.True(expected == Encoding.UTF8.GetString(Filter(recording.Response, pieceSize)), $"{recording.Name} in pieces of {pieceSize}");
            }
        }
    }

    [Fact]
    public void Recorded_streams_that_were_not_asked_for_usage_pass_byte_for_byte()
    {
        foreach (var recording in Streams().Where(recording => !recording.AskedForUsage))
        {
            foreach (var pieceSize in (int[])[1, 13, int.MaxValue])
            {
                Assert.True(recording.Response.AsSpan().SequenceEqual(Filter(recording.Response, pieceSize)), $"{recording.Name} in pieces of {pieceSize}");
            }
        }
    }

    [Fact]
    public void The_recorded_streams_hold_what_this_is_about()
    {
        var asked = Streams().Where(recording => recording.AskedForUsage).ToList();
        Assert.True(asked.Count >= 15);
        Assert.Contains(asked, recording => recording.Response.Length != Filter(recording.Response).Length);
    }

    [Theory]
    [InlineData("data: {\"id\":1,\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\n", "")]
    [InlineData("data:{\"usage\":{\"prompt_tokens\":1},\"choices\":[ ]}\r\n\r\n", "")]
    [InlineData("data: {\"choices\":[],\"usage\":{}}\r\r", "")]
    [InlineData("data: {\"choices\":[],\"usage\":{}}\n", "")]
    [InlineData(": ping\ndata: {\"choices\":[],\"usage\":{}}\r\n\r\n", ": ping\n\r\n")]
    [InlineData("event: x\nid: 3\ndata: {\"choices\":[],\"usage\":{}}\n\n", "")]
    [InlineData("data: {\"a\":1,\"usage\":null}\n\n", "data: {\"a\":1}\n\n")]
    [InlineData("data: {\"a\":1,\"usage\":null,\"b\":2}\n\n", "data: {\"a\":1,\"b\":2}\n\n")]
    [InlineData("data: {\"a\": 1, \"usage\": null, \"b\": 2}\n\n", "data: {\"a\": 1, \"b\": 2}\n\n")]
    [InlineData("data: {\"usage\": null, \"b\": 2}\n\n", "data: {\"b\": 2}\n\n")]
    [InlineData("data: {\"usage\":null}\n\n", "data: {}\n\n")]
    [InlineData("\uFEFFdata: {\"a\":1,\"usage\":null}\n\n", "\uFEFFdata: {\"a\":1}\n\n")]
    [InlineData(": ping\nevent: x\ndata: {\"a\":1,\"usage\":null}\r\n\r\n", ": ping\nevent: x\ndata: {\"a\":1}\r\n\r\n")]
    [InlineData("data: {\"a\":1,\ndata: \"usage\":null}\n\n", "data: {\"a\":1}\n\n")]
    [InlineData("data: {\"usage\":null,\r\ndata:\r\ndata: \"a\":1\r\ndata:}\r\n\r\n", "data: {\"a\":1\r\ndata:}\r\n\r\n")]
    [InlineData("data: {\"choices\":[],\rdata:\"usage\":{}}\r\rdata: 1\r\r", "data: 1\r\r")]
    [InlineData(": ping\ndata: {\"choices\":[],\ndata:\"usage\":{}}\n\n", ": ping\n\n")]
    public void What_include_usage_adds_is_taken_out(string stream, string expected) => Expect(stream, expected);

    [Theory]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":1}}\n\n")]
    [InlineData("data: {\"id\":1,\"usage\":{\"prompt_tokens\":1}}\n\n")]
    [InlineData("data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n")]
    [InlineData("data: {\"choices\":null,\"usage\":{}}\n\n")]
    [InlineData("data: {\"created\":1753879075170,\"usage\":null}\n\n")]
    [InlineData("data: {\"usage\":null,\"created\":1e99}\n\n")]
    [InlineData("data: {\"x\":{\"usage\":null}}\n\n")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\":null\"}}]}\n\n")]
    [InlineData("data: [{\"usage\":null}]\n\n")]
    [InlineData("data: \"usage\"\n\n")]
    [InlineData("data: {\"usage\":null\n\n")]
    [InlineData("data: {\"usage\":null} x\n\n")]
    [InlineData("data: {\"a\":1,\n: in between\ndata: \"usage\":null}\n\n")]
    [InlineData("data: {\"a\":\"\ndata: \",\"usage\":null}\n\n")]
    [InlineData("data: [DONE]\n\n")]
    [InlineData(": \"usage\":null\n\n")]
    [InlineData("\n\r\r\n\n")]
    [InlineData("data: {\"a\":1,\"usage\":null")]
    public void Everything_else_passes_untouched(string stream) => Expect(stream, stream);

    [Fact]
    public void Events_around_a_dropped_one_stay_as_they_were() =>
        Expect("data: 1\r\n\r\ndata: {\"choices\":[],\"usage\":{}}\r\n\r\ndata: [DONE]\r\n\r\n", "data: 1\r\n\r\ndata: [DONE]\r\n\r\n");

    [Fact]
    public void Nothing_but_the_unfinished_event_is_held_back()
    {
        var filter = new StreamUsageFilter();
        var output = new ArrayBufferWriter<byte>();
        filter.Push("data: 1\n\ndata: 2"u8, output);
        Assert.Equal("data: 1\n\n", Encoding.UTF8.GetString(output.WrittenSpan));
        filter.Push("\n\n"u8, output);
        Assert.Equal("data: 1\n\ndata: 2\n\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void An_event_above_the_limit_passes_as_it_is_and_the_next_is_filtered()
    {
        var huge = "data: {\"a\":\"" + new string('x', StreamUsageFilter.MaxHeldBytes) + "\",\"usage\":null}\n\n";
        var output = Filter(Encoding.UTF8.GetBytes(huge + "data: {\"a\":1,\"usage\":null}\n\n"), 64 * 1024);
        Assert.Equal(huge + "data: {\"a\":1}\n\n", Encoding.UTF8.GetString(output));
    }

    [Fact]
    public void A_large_stream_in_single_bytes_costs_no_more_than_its_bytes()
    {
        var one = Encoding.UTF8.GetBytes("data: {\"a\":\"" + new string('x', 1_000_000) + "\",\"usage\":null}\n\n");
        Assert.Equal(one.Length - ",\"usage\":null".Length, Filter(one, 1).Length);
    }

    private static IReadOnlyList<Recording> Streams() =>
        [.. Corpus.Of("chat.completions", "completions").Where(recording => recording.IsStream)];

    private static void Expect(string stream, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (var size = 1; size <= bytes.Length; size++)
        {
            Assert.Equal(expected, Encoding.UTF8.GetString(Filter(bytes, size)));
        }
    }

    internal static byte[] Filter(byte[] bytes, int pieceSize = int.MaxValue)
    {
        var filter = new StreamUsageFilter();
        var output = new ArrayBufferWriter<byte>();
        foreach (var piece in bytes.Chunk(pieceSize))
        {
            filter.Push(piece, output);
        }

        filter.Finish(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The same in another way: by lines and patterns, for the plain framing that the recordings have.</summary>
    internal static string WithoutUsage(string stream) =>
        NullMember().Replace(UsageOnlyChunk().Replace(stream, ""), "");

    [GeneratedRegex("^data: (?=.*\"choices\":\\[\\])(?=.*\"usage\":\\{).*\n\n", RegexOptions.Multiline)]
    private static partial Regex UsageOnlyChunk();

    [GeneratedRegex("(?<=^data: .*),\"usage\":null", RegexOptions.Multiline)]
    private static partial Regex NullMember();
}
