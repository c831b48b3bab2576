using System.Globalization;

namespace AiGateway.Ledger;

/// <summary>Segments as files of one folder. A file is locked while its process lives, and the lock goes with the process.</summary>
internal sealed class LocalSpoolDisk(string folder, TimeProvider time) : SpoolDisk
{
    public const string Extension = ".spool", AsideExtension = ".rejected";

    // Two processes that begin in the same millisecond, with the same number each in its own container.
    private const int MostNames = 100;

    public override SpoolSegment Create(long reservedBytes)
    {
        Directory.CreateDirectory(folder);
        for (var number = 0; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow().ToUnixTimeMilliseconds()}-{Environment.ProcessId}-{number}{Extension}");
            try
            {
                return new Segment(Path.Combine(folder, name), FileMode.CreateNew, reservedBytes);
            }
            catch (IOException) when (number < MostNames && File.Exists(Path.Combine(folder, name)))
            {
                // Somebody else's: the next name.
            }
        }
    }

    public override IReadOnlyList<SpoolSegment> TakeOver()
    {
        if (!Directory.Exists(folder))
            return [];
        return [.. Directory.GetFiles(folder, "*" + Extension).Order(StringComparer.Ordinal).Select(TryTake).OfType<SpoolSegment>()];
    }

    private static Segment? TryTake(string path)
    {
        try
        {
            return new Segment(path, FileMode.Open, reservedBytes: 0);
        }
        catch (IOException)
        {
            return null; // Its process lives, or somebody else was faster.
        }
    }

    private sealed class Segment : SpoolSegment
    {
        private readonly string _path;
        private readonly FileStream _file;

        public Segment(string path, FileMode mode, long reservedBytes)
        {
            _path = path;
            _file = new FileStream(path, new FileStreamOptions
            {
                Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, PreallocationSize = reservedBytes,
            });
        }

        public override string Name => Path.GetFileName(_path);

        public override void Write(long position, ReadOnlySpan<byte> bytes)
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes, position);
            RandomAccess.FlushToDisk(_file.SafeFileHandle);
        }

        public override byte[] ReadAll()
        {
            var all = new byte[RandomAccess.GetLength(_file.SafeFileHandle)];
            var read = 0;
            while (read < all.Length && RandomAccess.Read(_file.SafeFileHandle, all.AsSpan(read), read) is > 0 and var more)
                read += more;
            return all[..read];
        }

        public override void Delete()
        {
            // Emptied first: whoever opened it in the same moment finds nothing to replay.
            _file.SetLength(0);
            File.Delete(_path);
            _file.Dispose();
        }

        public override void SetAside()
        {
            File.Move(_path, _path + AsideExtension, overwrite: true);
            _file.Dispose();
        }

        public override void Dispose() => _file.Dispose();
    }
}
