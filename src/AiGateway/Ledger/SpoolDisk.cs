namespace AiGateway.Ledger;

/// <summary>Where the spool's segments lie: a seam to the file system, so that a crash and a full disk can be played.</summary>
internal abstract class SpoolDisk
{
    /// <summary>A new and empty segment that belongs to this process until it is disposed or the process dies.</summary>
    /// <exception cref="IOException">There is no room, or no such place.</exception>
    public abstract SpoolSegment Create(long reservedBytes);

    /// <summary>The segments that dead processes left behind; from now on they are this process's.</summary>
    public abstract IReadOnlyList<SpoolSegment> TakeOver();
}

/// <summary>A piece of the spool, written by one process at a time. What throws (IOException) has kept nothing.</summary>
internal abstract class SpoolSegment : IDisposable
{
    public abstract string Name { get; }

    /// <summary>Writes at this place, over what was there, and returns when it is durable.</summary>
    public abstract void Write(long position, ReadOnlySpan<byte> bytes);

    public abstract byte[] ReadAll();

    /// <summary>Gone for good; nobody else takes it over.</summary>
    public abstract void Delete();

    /// <summary>Out of the way of <see cref="SpoolDisk.TakeOver"/>, for somebody to look at.</summary>
    public abstract void SetAside();

    /// <summary>Lets go of it: another process may take it over.</summary>
    public abstract void Dispose();
}
