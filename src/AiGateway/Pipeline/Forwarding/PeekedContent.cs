using System.Net;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>An answer's body whose beginning was looked at: it is still forwarded whole, and byte for byte.</summary>
internal sealed class PeekedContent : HttpContent
{
    private readonly HttpContent _original;
    private readonly Stream _rest;

    private PeekedContent(HttpContent original, byte[] peeked, Stream rest)
    {
        (_original, Peeked, _rest) = (original, peeked, rest);
        foreach (var (name, values) in original.Headers.NonValidated)
            Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>The first bytes, as they came; all of them where the body is no longer than the limit.</summary>
    public byte[] Peeked { get; }

    public static async Task<PeekedContent> OverAsync(HttpContent content, int limit, CancellationToken cancel)
    {
        var rest = await content.ReadAsStreamAsync(cancel);
        var buffer = new byte[limit];
        var count = await rest.ReadAtLeastAsync(buffer, limit, throwOnEndOfStream: false, cancel);
        return new PeekedContent(content, buffer[..count], rest);
    }

    /// <summary>What was peeked at, without its compression.</summary>
    public Stream Decoded()
    {
        var body = new MemoryStream(Peeked, writable: false);
        return ContentCoding.DecoderOf(string.Join(',', Headers.ContentEncoding)) is { } decoder ? decoder(body) : body;
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new Joined(Peeked, _rest));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        throw new NotSupportedException("This body is read, not serialised.");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _original.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>What was peeked at, then the rest.</summary>
    private sealed class Joined(ReadOnlyMemory<byte> first, Stream rest) : Stream
    {
        private int _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var left = first.Length - _position;
            if (left == 0)
                return rest.ReadAsync(buffer, cancellationToken);
            var count = Math.Min(left, buffer.Length);
            first.Slice(_position, count).CopyTo(buffer);
            _position += count;
            return ValueTask.FromResult(count);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read this stream asynchronously.");
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
