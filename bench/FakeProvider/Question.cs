using System.Buffers;
using System.IO.Pipelines;

namespace FakeProvider;

/// <summary>What an answer shall be like. All but the first are streams.</summary>
internal enum Wish { Whole, Stream, Long, Spaced, Paced, Open, Drip }

/// <summary>What is asked for, found by its bytes: the bench's own bodies are the only ones that come here.</summary>
internal static class Question
{
    public static async ValueTask<(Wish Wish, bool WithUsage)> ReadAsync(PipeReader body)
    {
        ReadResult read;
        while (!(read = await body.ReadAsync()).IsCompleted)
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        var bytes = read.Buffer.IsSingleSegment ? read.Buffer.First : read.Buffer.ToArray();
        var found = (WishOf(bytes.Span), Says(bytes.Span, "\"include_usage\":true"u8));
        body.AdvanceTo(read.Buffer.End);
        return found;
    }

    private static Wish WishOf(ReadOnlySpan<byte> body) =>
        !Says(body, "\"stream\":true"u8) ? Wish.Whole
        : Says(body, "[[spaced]]"u8) ? Wish.Spaced
        : Says(body, "[[long]]"u8) ? Wish.Long
        : Says(body, "[[paced]]"u8) ? Wish.Paced
        : Says(body, "[[open]]"u8) ? Wish.Open
        : Says(body, "[[drip]]"u8) ? Wish.Drip
        : Wish.Stream;

    private static bool Says(ReadOnlySpan<byte> body, ReadOnlySpan<byte> words) => body.IndexOf(words) >= 0;
}
