using System.Buffers;
using System.IO.MemoryMappedFiles;
using AiGateway.Usage;

namespace AiGateway.Pipeline;

/// <summary>
/// A JSON request's body, read whole before admission: the first 256 KB in pooled memory, what is larger in a temporary file
/// that is mapped while it is looked at. Forwarded from there as often as needed, byte for byte but for one splice.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>Nearly every call fits; more would let a thousand callers fill the memory.</summary>
    public const int MemoryLimit = 256 * 1024;

    /// <summary>The largest body accepted: what the provider itself takes in one JSON call, with room to spare.</summary>
    public const long SizeLimit = 64L * 1024 * 1024;

    private byte[] _memory;
    private FileStream? _file;
    private bool _disposed;

    private RequestBody(byte[] memory) => _memory = memory;

    /// <summary>In bytes.</summary>
    public long Length { get; private set; }

    /// <returns>Null: the body is over <see cref="SizeLimit"/>.</returns>
    public static async Task<RequestBody?> ReadAsync(Stream source, long? contentLength, CancellationToken cancel)
    {
        if (contentLength > SizeLimit)
            return null;
        var hint = contentLength is { } known ? (int)Math.Min(known + 1, MemoryLimit) : 16 * 1024;
        var body = new RequestBody(ArrayPool<byte>.Shared.Rent(Math.Max(hint, 1)));
        try
        {
            if (await body.FillAsync(source, cancel))
                return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
        body.Dispose();
        return null;
    }

    public delegate T Reading<out T>(ReadOnlySpan<byte> body);

    /// <summary>Looks at the body as one span.</summary>
    public unsafe T Look<T>(Reading<T> reading)
    {
        if (_file is null)
            return reading(_memory.AsSpan(0, (int)Length));
        using var map = MemoryMappedFile.CreateFromFile(_file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        using var view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        byte* start = null;
        try
        {
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return reading(new ReadOnlySpan<byte>(start + view.PointerOffset, (int)Length));
        }
        finally
        {
            if (start is not null)
                view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>The bytes to send up; a new stream each time, from the start.</summary>
    /// <param name="splices">In the order of their places, none in another.</param>
    public Stream Open(params Splice[] splices) => new SplicedStream(this, splices);

    /// <summary>The bytes to send up, in one piece; for bodies that are known to be small.</summary>
    /// <param name="splices">As for <see cref="Open"/>.</param>
    public byte[] Copy(params Splice[] splices) => Look(body =>
    {
        if (splices.Length == 0)
            return body.ToArray();
        var copy = new byte[body.Length + splices.Sum(splice => splice.Insert.Length - splice.Length)];
        var (from, to) = (0, 0);
        foreach (var splice in splices)
        {
            body[from..splice.Offset].CopyTo(copy.AsSpan(to));
            to += splice.Offset - from;
            splice.Insert.CopyTo(copy, to);
            (from, to) = (splice.Offset + splice.Length, to + splice.Insert.Length);
        }
        body[from..].CopyTo(copy.AsSpan(to));
        return copy;
    });

    /// <summary>Reads at a position of the body as the caller sent it; 0 at its end.</summary>
    public async ValueTask<int> ReadAtAsync(long position, Memory<byte> into, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_file is not null)
            return await RandomAccess.ReadAsync(_file.SafeFileHandle, into, position, cancel);
        var count = (int)Math.Min(into.Length, Length - position);
        _memory.AsMemory((int)position, count).CopyTo(into);
        return count;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _file?.Dispose();
        ArrayPool<byte>.Shared.Return(_memory);
        _memory = [];
    }

    private async Task<bool> FillAsync(Stream source, CancellationToken cancel)
    {
        while (true)
        {
            if (Length == _memory.Length && !await MakeRoomAsync(cancel))
                return false;
            var used = _file is null ? (int)Length : 0;
            var read = await source.ReadAsync(_memory.AsMemory(used), cancel);
            if (read == 0)
                return true;
            if (_file is not null)
                await _file.WriteAsync(_memory.AsMemory(0, read), cancel);
            Length += read;
            if (Length > SizeLimit)
                return false;
        }
    }

    /// <summary>A file without a name where the system allows that, so that a crash leaves nobody's words behind.</summary>
    private static FileStream Temporary()
    {
        var path = Path.GetTempFileName();
        var onClose = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
        var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | onClose);
        if (!OperatingSystem.IsWindows())
            File.Delete(path);
        return file;
    }

    /// <summary>Doubles the memory up to its limit, then moves to a file.</summary>
    private async Task<bool> MakeRoomAsync(CancellationToken cancel)
    {
        if (_file is not null)
            return true;
        if (_memory.Length < MemoryLimit)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(_memory.Length * 2, MemoryLimit));
            _memory.AsSpan(0, (int)Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_memory);
            _memory = larger;
            return true;
        }
        _file = Temporary();
        await _file.WriteAsync(_memory.AsMemory(0, (int)Length), cancel);
        return true;
    }
}
