using AiGateway.Usage;
using Microsoft.Net.Http.Headers;

namespace AiGateway.Pipeline;

/// <summary>
/// A multipart request on its way up: streamed, never kept, and looked at as it goes by. Its beginning is read before admission,
/// because fields that stand in front of the files say who pays and for what.
/// </summary>
internal sealed class FormBody : Stream
{
    /// <summary>Enough for every field but a long prompt; the file, if it comes first, is not waited for.</summary>
    private const int PeekedBytes = 16 * 1024;

    private readonly Stream _source;
    private readonly FormReader _reader;
    private readonly byte[] _peeked = new byte[PeekedBytes];
    private int _count;
    private int _position;

    private FormBody(Stream source, FormReader reader) => (_source, _reader) = (source, reader);

    /// <summary>What has gone by so far.</summary>
    public RequestFacts Facts => _reader.Facts;

    /// <summary>What a form says that was read whole.</summary>
    /// <returns>Null: the content type is no form's.</returns>
    public static RequestFacts? Read(RequestBody whole, string? contentType)
    {
        if (Boundary(contentType) is not { } boundary)
            return null;
        return whole.Look(bytes =>
        {
            var reader = new FormReader(boundary);
            // In pieces: the reader keeps what it has not understood yet.
            for (var rest = bytes; !rest.IsEmpty; rest = rest[Math.Min(PeekedBytes, rest.Length)..])
                reader.Push(rest[..Math.Min(PeekedBytes, rest.Length)]);
            return reader.Facts;
        });
    }

    /// <returns>Null: the content type is no form's.</returns>
    public static async Task<FormBody?> OpenAsync(Stream source, string? contentType, CancellationToken cancel)
    {
        if (Boundary(contentType) is not { } boundary)
            return null;
        var body = new FormBody(source, new FormReader(boundary));
        int read;
        while (body._count < PeekedBytes && !body._reader.KnowsLeadingFields
            && (read = await source.ReadAsync(body._peeked.AsMemory(body._count), cancel)) > 0)
        {
            body._reader.Push(body._peeked.AsSpan(body._count, read));
            body._count += read;
        }
        return body;
    }

    private static string? Boundary(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 } boundary ? boundary : null;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position < _count)
        {
            var taken = Math.Min(buffer.Length, _count - _position);
            _peeked.AsMemory(_position, taken).CopyTo(buffer);
            _position += taken;
            return taken;
        }
        var read = await _source.ReadAsync(buffer, cancellationToken);
        _reader.Push(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read this stream asynchronously.");
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
