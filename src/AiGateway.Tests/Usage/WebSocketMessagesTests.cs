using System.Buffers.Binary;
using System.Text;
using AiGateway.Usage;

namespace AiGateway.Tests.Usage;

public sealed class WebSocketMessagesTests
{
    private const int Text = 1, Binary = 2, Continuation = 0, Ping = 9;

    [Fact]
    public void Messages_are_put_together_wherever_their_frames_are_split()
    {
        byte[] all =
        [
            .. Frame(Text, "one"), .. Frame(Text, "two, ", isFinal: false), .. Frame(Ping, "p"), .. Frame(Continuation, "still two", isFinal: true),
            .. Frame(Binary, "not text"), .. Frame(Text, new string('x', 300)), .. Frame(Text, new string('y', 70_000)), .. Frame(Text, "masked", mask: 0x0A0B0C0D), .. Frame(Text, ""),
        ];
        string[] expected = ["one", "two, still two", new('x', 300), new('y', 70_000), "masked", ""];
        foreach (var size in (int[])[1, 2, 3, 7, 1000, all.Length])
            Assert.Equal(expected, Read(all.Chunk(size), out _));
        for (var at = 0; at < 700; at++)
            Assert.Equal(expected, Read([all[..at], all[at..]], out _));
    }

    [Fact]
    public void It_knows_whether_a_frame_is_half_out()
    {
        var frame = Frame(Text, "four");
        for (var at = 0; at <= frame.Length; at++)
        {
            Read([frame[..at]], out var isBetween);
            Assert.Equal(at == 0 || at == frame.Length, isBetween);
        }
    }

    [Fact]
    public void It_says_when_a_message_was_too_long_for_it()
    {
        var messages = new WebSocketMessages();
        messages.Push([.. Frame(Text, "one"), .. Frame(Text, "begin", isFinal: false)], _ => { });
        Assert.False(messages.HasLost);
        var part = Frame(Continuation, new string('x', 1 << 20), isFinal: false);
        for (var megabyte = 0; megabyte <= WebSocketMessages.MessageLimit >> 20; megabyte++)
            messages.Push(part, _ => { });
        messages.Push(Frame(Continuation, "end", isFinal: true), _ => { });
        Assert.True(messages.HasLost);
    }

    [Fact]
    public void A_message_beyond_the_limit_is_passed_over_and_the_next_is_read()
    {
        var part = Frame(Continuation, new string('x', 1 << 20), isFinal: false);
        IEnumerable<byte[]> pieces =
        [
            Frame(Text, "begin", isFinal: false), .. Enumerable.Repeat(part, (WebSocketMessages.MessageLimit >> 20) + 1), Frame(Continuation, "end", isFinal: true), Frame(Text, "next"),
        ];
        Assert.Equal(["next"], Read(pieces, out _));
    }

    [Fact]
    public void No_bytes_whatever_make_it_throw()
    {
        var random = new Random(7);
        for (var run = 0; run < 2000; run++)
        {
            var bytes = new byte[random.Next(1, 200)];
            random.NextBytes(bytes);
            Read(bytes.Chunk(random.Next(1, 50)), out _);
        }
    }

    private static List<string> Read(IEnumerable<byte[]> pieces, out bool isBetweenFrames)
    {
        var messages = new WebSocketMessages();
        var read = new List<string>();
        foreach (var piece in pieces)
            messages.Push(piece, text => read.Add(Encoding.UTF8.GetString(text)));
        isBetweenFrames = messages.IsBetweenFrames;
        return read;
    }

    private static byte[] Frame(int opcode, string text, bool isFinal = true, uint? mask = null)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        var length = payload.Length switch { < 126 => [], < 65536 => new byte[2], _ => new byte[8] };
        if (length.Length == 2)
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
        if (length.Length == 8)
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
        var second = (byte)((mask is null ? 0 : 0x80) | (payload.Length < 126 ? payload.Length : payload.Length < 65536 ? 126 : 127));
        var key = new byte[mask is null ? 0 : 4];
        if (mask is { } secret)
            BinaryPrimitives.WriteUInt32BigEndian(key, secret);
        return [(byte)((isFinal ? 0x80 : 0) | opcode), second, .. length, .. key, .. payload.Select((b, at) => key.Length == 0 ? b : (byte)(b ^ key[at % 4]))];
    }
}
