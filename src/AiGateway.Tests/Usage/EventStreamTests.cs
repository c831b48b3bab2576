using System.Text;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

public sealed class EventStreamTests
{
    [Theory]
    [InlineData("data: a\n\ndata: b\n\n")]
    [InlineData("data: a\r\n\r\ndata: b\r\n\r\n")]
    [InlineData("data: a\r\rdata: b\r\r")]
    [InlineData("data:a\n\ndata:b\n\n")]
    [InlineData("\uFEFFdata: a\n\ndata: b\n\n")]
    [InlineData(": comment\n\ndata: a\n: another\n\nid: 7\nretry: 10\ndata: b\n\n")]
    [InlineData("\n\n\ndata: a\n\n\n\ndata: b\n\n")]
    [InlineData("data: a\n\ndata: b\n")]
    [InlineData("data: a\n\ndata: b")]
    public void Any_framing_gives_the_same_events(string stream) => Expect(stream, "|a", "|b");

    [Fact]
    public void Names_belong_to_their_own_event() => Expect("event: x\ndata: a\n\ndata: b\n\n", "x|a", "|b");

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Lines_of_one_event_stay_together_whatever_ends_them(string end) =>
        Expect($"event: x{end}data: a{end}data: b{end}{end}data: c{end}{end}", "x|a\nb", "|c");

    [Fact]
    public void Several_data_lines_are_joined() => Expect("data: a\ndata:\ndata: b\n\n", "|a\n\nb");

    [Fact]
    public void Only_one_blank_behind_the_colon_is_framing() => Expect("data:  a\n\n", "| a");

    [Fact]
    public void An_event_without_data_is_none() => Expect("event: ping\n\ndata: a\n\n", "|a");

    [Fact]
    public void A_field_named_error_is_an_error() => Expect("error: {\"code\":500}\n\n", "error|{\"code\":500}");

    [Fact]
    public void An_event_above_the_limit_is_skipped_and_the_next_is_not()
    {
        var huge = "data: " + new string('x', EventStream.MaxEventBytes + 1);
        Assert.Equal(["|a"], Events(huge + "\n\ndata: a\n\n", 1 << 20));
        Assert.Equal(["|a"], Events(huge + "\ndata: y\n\ndata: a\n\n", int.MaxValue));
    }

    private static void Expect(string stream, params string[] expected)
    {
        for (var size = 1; size <= stream.Length + 3; size++)
        {
            Assert.Equal(expected, Events(stream, size));
        }
    }

    private static List<string> Events(string stream, int pieceSize)
    {
        var events = new List<string>();
        var cutter = new EventStream((name, data) => events.Add($"{Encoding.UTF8.GetString(name)}|{Encoding.UTF8.GetString(data)}"));
        foreach (var piece in Encoding.UTF8.GetBytes(stream).Chunk(pieceSize))
        {
            cutter.Push(piece);
        }

        cutter.Complete();
        return events;
    }
}
