using AiGateway.Usage;

namespace AiGateway.Pipeline;

/// <summary>A request body as it goes up: the caller's bytes, with one stretch replaced where the call was spliced.</summary>
internal sealed class SplicedStream(RequestBody body, Splice? splice) : Stream
{
    private long _position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => body.Length + (splice is null ? 0 : splice.Insert.Length - splice.Length);
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await ReadPartAsync(buffer, cancellationToken);
        _position += read;
        return read;
    }

    private ValueTask<int> ReadPartAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        if (splice is null)
            return body.ReadAtAsync(_position, buffer, cancel);
        if (_position < splice.Offset)
            return body.ReadAtAsync(_position, buffer[..(int)Math.Min(buffer.Length, splice.Offset - _position)], cancel);
        var inside = _position - splice.Offset;
        if (inside >= splice.Insert.Length)
            return body.ReadAtAsync(_position - splice.Insert.Length + splice.Length, buffer, cancel);
        var count = (int)Math.Min(buffer.Length, splice.Insert.Length - inside);
        splice.Insert.AsMemory((int)inside, count).CopyTo(buffer);
        return ValueTask.FromResult(count);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read this stream asynchronously.");
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
