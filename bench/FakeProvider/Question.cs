using System.Buffers;
using System.IO.Pipelines;

namespace FakeProvider;

/// <summary>What is asked for, found by its bytes: the bench's own bodies are the only ones that come here.</summary>
internal static class Question
{
    public static async ValueTask<(bool Stream, bool WithUsage)> ReadAsync(PipeReader body)
    {
        ReadResult read;
        while (!(read = await body.ReadAsync()).IsCompleted)
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        var found = (Says(read.Buffer, "\"stream\":true"u8), Says(read.Buffer, "\"include_usage\":true"u8));
        body.AdvanceTo(read.Buffer.End);
        return found;
    }

    private static bool Says(ReadOnlySequence<byte> body, ReadOnlySpan<byte> words) =>
        body.IsSingleSegment ? body.FirstSpan.IndexOf(words) >= 0 : body.ToArray().AsSpan().IndexOf(words) >= 0;
}
