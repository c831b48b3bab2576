using System.Collections.Concurrent;
using AiGateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace AiGateway.Ledger;

/// <summary>
/// Keeps on local disk what the database cannot take: charges of answers that their callers have. A move is written here when the
/// ledger refuses it, or does not answer for a while; it is tried on all the same, and forgotten here when the ledger has it. What a
/// process leaves behind, the next one replays (<see cref="SpoolReplay"/>).
/// </summary>
internal sealed class Spool(LedgerOptions options, SpoolDisk disk, TimeProvider time, ILogger<Spool> log)
{
    /// <summary>So many bytes are set aside on the disk from the start, because a disk that is full for the database is full for the spool too.</summary>
    public const long SegmentBytes = 1 << 20;

    /// <summary>A stream's close waits a second for its charge: by then it is durable here, if not there.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly long _mostSegments = Math.Max(1, options.SpoolMaxMegabytes * (1L << 20) / SegmentBytes);
    private readonly ConcurrentDictionary<SpoolEntry, byte> _open = new();
    private readonly List<OwnSegment> _segments = [];
    private readonly Lock _writing = new();
    private bool _isClosed;
    private long _number;

    /// <summary>Moves that wait on disk.</summary>
    public int Kept
    {
        get
        {
            lock (_writing)
                return _segments.Sum(segment => segment.Open);
        }
    }

    /// <summary>Takes its place on the disk, before it is needed.</summary>
    public void Open()
    {
        lock (_writing)
            try
            {
                if (options.SpoolMaxMegabytes > 0 && _segments.Count == 0)
                    _segments.Add(new OwnSegment(disk.Create(SegmentBytes)));
            }
            catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
            {
                log.LogError(broken, "The spool cannot be opened: charges that the database does not take will live in memory only");
            }
    }

    /// <summary>A move begins that must not be lost; it is watched until it is done.</summary>
    public SpoolEntry Watch(LedgerCommand command)
    {
        var entry = new SpoolEntry(command, time.GetTimestamp(), Interlocked.Increment(ref _number));
        if (options.SpoolMaxMegabytes > 0)
            _open[entry] = 0;
        return entry;
    }

    /// <summary>The ledger has it.</summary>
    public void Done(SpoolEntry entry)
    {
        _open.TryRemove(entry, out _);
        lock (_writing)
        {
            entry.IsDone = true;
            if (entry.KeptIn is { } segment)
                Forget(segment);
        }
    }

    /// <summary>Nobody tries it any more in this process. Where it was kept, the next process will.</summary>
    public void Leave(SpoolEntry entry) => _open.TryRemove(entry, out _);

    /// <summary>Writes it down, once. Returns when it is durable, or cannot be made so.</summary>
    public void Keep(SpoolEntry entry)
    {
        if (options.SpoolMaxMegabytes == 0 || SpooledMove.Of(entry.Command) is not { } move)
            return;
        lock (_writing)
        {
            if (entry.IsDone || entry.KeptIn is not null || _isClosed)
                return;
            entry.KeptIn = Write(move);
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Step, time);
        while (await timer.WaitForNextTickAsync(stop))
            KeepSlow(Patience);
    }

    /// <summary>Keeps what the ledger has not answered for so long; what came first has the first claim on the room that is left.</summary>
    internal void KeepSlow(TimeSpan patience)
    {
        foreach (var entry in _open.Keys.Where(entry => entry.KeptIn is null && time.GetElapsedTime(entry.Since) >= patience).OrderBy(entry => entry.Number))
            Keep(entry);
    }

    /// <summary>At the end of the process: keeps what is still open, and takes away what holds nothing.</summary>
    public void Close()
    {
        KeepSlow(TimeSpan.Zero);
        lock (_writing)
        {
            _isClosed = true;
            foreach (var segment in _segments)
                if (segment.Open == 0)
                    segment.On.Delete();
                else
                    segment.On.Dispose();
            _segments.Clear();
        }
    }

    private OwnSegment? Write(SpooledMove move)
    {
        var json = move.ToJson();
        try
        {
            var segment = SegmentFor(json.Length);
            if (segment is null)
            {
                Refuse(move, null);
                return null;
            }
            segment.Append(json);
            Instruments.Spooled.Add(1);
            log.LogWarning("The ledger does not take {Move}; it is kept in {Segment} until it does", move, segment.On.Name);
            return segment;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            Refuse(move, broken);
            return null;
        }
    }

    private void Refuse(SpooledMove move, Exception? broken)
    {
        Instruments.LimitReached("spool");
        log.LogError(broken, "The spool cannot take {Move}; it is tried on for as long as this process lives", move);
    }

    private OwnSegment? SegmentFor(int length)
    {
        foreach (var segment in _segments)
            if (segment.Position + length < SegmentBytes)
                return segment;
        if (_segments.Count >= _mostSegments)
            return null;
        var more = new OwnSegment(disk.Create(SegmentBytes));
        _segments.Add(more);
        return more;
    }

    /// <summary>The first segment keeps its place; those behind it go when they hold nothing any more.</summary>
    private void Forget(OwnSegment segment)
    {
        if (--segment.Open > 0 || _isClosed)
            return;
        try
        {
            if (_segments.IndexOf(segment) == 0)
                segment.Restart();
            else if (_segments.Remove(segment))
                segment.On.Delete();
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            // It will be replayed once more, which changes nothing.
            log.LogWarning(broken, "The spool's {Segment} could not be emptied", segment.On.Name);
        }
    }

    /// <summary>A segment that this process writes.</summary>
    internal sealed class OwnSegment
    {
        private uint _generation;

        public OwnSegment(SpoolSegment on)
        {
            On = on;
            Restart();
        }

        public SpoolSegment On { get; }
        public long Position { get; private set; }
        public int Open { get; set; }

        public void Append(ReadOnlySpan<byte> json)
        {
            var line = SpoolText.Line(_generation, json);
            On.Write(Position, line);
            Position += line.Length;
            Open++;
        }

        /// <summary>Written over from its beginning: its place on the disk stays its own.</summary>
        public void Restart()
        {
            var head = SpoolText.Head(++_generation);
            On.Write(0, head);
            Position = head.Length;
        }
    }
}

/// <summary>One move between its first try and the ledger's word that it is done.</summary>
internal sealed class SpoolEntry(LedgerCommand command, long since, long number)
{
    /// <summary>Tells what came first.</summary>
    public long Number => number;

    public LedgerCommand Command => command;

    /// <summary>A TimeProvider timestamp.</summary>
    public long Since => since;

    /// <summary>Null: it is in memory only.</summary>
    public Spool.OwnSegment? KeptIn { get; set; }
    public bool IsDone { get; set; }
}
