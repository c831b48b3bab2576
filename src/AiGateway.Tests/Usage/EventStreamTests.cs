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

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(int.MaxValue)]
    [InlineData(1_000)]
    public void An_event_above_the_limit_comes_in_parts_and_the_next_does_not(int pieceSize)
    {
        var text = new string('x', EventStream.MaxEventBytes + 1);
        Assert.Equal([$"n|{text}", "|a"], Events($"event: n\ndata: {text}\n\ndata: a\n\n", pieceSize));
        Assert.Equal([$"|{text}\ny", "|a"], Events($"data: {text}\ndata: y\n\ndata: a\n\n", pieceSize));
        Assert.Equal([$"|y\n{text}\nz", "|a"], Events($"data: y\ndata: {text}\r\ndata:z\r\n\r\ndata: a\n\n", pieceSize));
    }

    [Fact]
    public void A_long_line_that_is_no_data_is_dropped()
    {
        var text = new string('x', 3 * EventStream.MaxEventBytes);
        Assert.Equal(["|b", "|a"], Events($": {text}\ndata: b\n\nid: {text}\n\ndata: a\n\n", 1_000));
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
        var parts = new StringBuilder();
        var cutter = new EventStream(
            (name, data) =>
            {
                events.Add($"{Encoding.UTF8.GetString(name)}|{parts}{Encoding.UTF8.GetString(data)}");
                parts.Clear();
            },
            part => parts.Append(Encoding.UTF8.GetString(part)));
        foreach (var piece in Encoding.UTF8.GetBytes(stream).Chunk(pieceSize))
        {
            cutter.Push(piece);
        }

        cutter.Complete();
        return events;
    }
}
