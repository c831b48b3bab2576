using System.Buffers.Binary;
using System.Text;
using AiGateway.Usage;

namespace AiGateway.Pipeline.Sessions;

/// <summary>
/// The caller's end of a WebSocket as the proxy sees it: what is read goes up and what is written comes down, to the byte. Each write
/// goes on at once and is looked at afterwards.
/// </summary>
internal sealed class SessionStream(Stream caller, Action<SessionEvent> saw, UsageFormat format, Action<Exception> dropped) : Stream
{
    private readonly WebSocketMessages _messages = new();
    private readonly SemaphoreSlim _writing = new(1);
    private bool _isBlind, _isClosed;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => caller.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (_isClosed)
                throw new IOException("The session was closed.");
            try
            {
                await caller.WriteAsync(buffer, cancellationToken);
            }
            finally
            {
                // Also what a caller who left never got: it will be billed.
                Look(buffer.Span);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Ends the session with a close frame, unless a frame of the provider's is half out: then the connection just ends.</summary>
    public async Task CloseAsync(ushort code, string reason, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            if (_isClosed)
                return;
            _isClosed = true;
            if (_messages.IsBetweenFrames)
            {
                await caller.WriteAsync(CloseFrame(code, reason), cancel);
                await caller.FlushAsync(cancel);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => caller.FlushAsync(cancellationToken);
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read this stream asynchronously.");
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write this stream asynchronously.");
    public override void Flush() => throw new NotSupportedException("Write this stream asynchronously.");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            caller.Dispose();
        base.Dispose(disposing);
    }

    public override ValueTask DisposeAsync() => caller.DisposeAsync();

    /// <summary>A watcher that fails is dropped, and the stream goes on.</summary>
    private void Look(ReadOnlySpan<byte> bytes)
    {
        if (_isBlind)
            return;
        try
        {
            _messages.Push(bytes, Tell);
            if (_messages.HasLost)
                throw new InvalidDataException($"A message is longer than {WebSocketMessages.MessageLimit} bytes.");
        }
        catch (Exception error)
        {
            _isBlind = true;
            dropped(error);
        }
    }

    private void Tell(ReadOnlySpan<byte> message)
    {
        if (SessionEvent.Read(message, format) is { } happened)
            saw(happened);
    }

    private static byte[] CloseFrame(ushort code, string reason)
    {
        const byte finalClose = 0x88;
        var text = Encoding.UTF8.GetBytes(reason);
        var frame = new byte[4 + text.Length];
        (frame[0], frame[1]) = (finalClose, (byte)(2 + text.Length));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), code);
        text.CopyTo(frame, 4);
        return frame;
    }
}
