using System.Buffers;

namespace AiGateway.Usage;

/// <summary>
/// Takes out of a chat or completions stream what include_usage added to it: the usage-only chunk, and "usage":null in the others.
/// Whole events pass untouched otherwise; usage beside content is never removed. What is held back is never more than one unfinished event.
/// </summary>
internal sealed class StreamUsageFilter
{
    public void Push(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>The stream has ended: what is held back goes out as it is.</summary>
    public void Finish(IBufferWriter<byte> output) => throw new NotImplementedException();
}
