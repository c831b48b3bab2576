using AiGateway.Usage;

namespace AiGateway.Pipeline;

/// <summary>A request body as it goes up: the caller's bytes, with some stretches replaced where the call was spliced.</summary>
/// <param name="splices">In the order of their places, none in another.</param>
internal sealed class SplicedStream(RequestBody body, Splice[] splices) : Stream
{
    private long _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => body.Length + splices.Sum(splice => (long)splice.Insert.Length - splice.Length);
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await ReadPartAsync(buffer, cancellationToken);
        _position += read;
        return read;
    }

    private ValueTask<int> ReadPartAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        // How much further on the same byte stands here than in the body.
        var shift = 0L;
        foreach (var splice in splices)
        {
            var inside = _position - (splice.Offset + shift);
            if (inside < 0)
                return body.ReadAtAsync(_position - shift, buffer[..(int)Math.Min(buffer.Length, -inside)], cancel);
            if (inside < splice.Insert.Length)
            {
                var count = (int)Math.Min(buffer.Length, splice.Insert.Length - inside);
                splice.Insert.AsMemory((int)inside, count).CopyTo(buffer);
                return ValueTask.FromResult(count);
            }
            shift += splice.Insert.Length - splice.Length;
        }
        return body.ReadAtAsync(_position - shift, buffer, cancel);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read this stream asynchronously.");
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
