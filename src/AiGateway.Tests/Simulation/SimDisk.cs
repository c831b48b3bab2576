using AiGateway.Ledger;

namespace AiGateway.Tests.Simulation;

/// <summary>The local disk of a simulated world: what was flushed stays, a line that is being written when the process dies is torn, and it may be full.</summary>
internal sealed class SimDisk
{
    private readonly List<Segment> _segments = [];
    private int _number;

    /// <summary>Charges that a process had kept when it died.</summary>
    public List<SpooledMove> Inherited { get; } = [];

    /// <summary>Whether a dead process has left something that nobody has taken over.</summary>
    public bool HasOrphans => _segments.Exists(segment => segment.IsFree);

    /// <summary>What was set aside: a replay that found what cannot be booked.</summary>
    public List<string> Aside { get; } = [];

    public SpoolDisk For(NodeLife node, Func<Fault> fault) => new Share(this, node, fault);

    private sealed class Share(SimDisk disk, NodeLife node, Func<Fault> fault) : SpoolDisk
    {
        public override SpoolSegment Create(long reservedBytes)
        {
            var segment = new Segment(disk, $"{++disk._number}.spool", node, fault);
            disk._segments.Add(segment);
            return segment;
        }

        public override IReadOnlyList<SpoolSegment> TakeOver()
        {
            List<SpoolSegment> taken = [];
            foreach (var (segment, at) in disk._segments.ToList().Select((segment, at) => (segment, at)))
                if (segment.IsFree)
                {
                    var mine = new Segment(disk, segment.Name, node, fault) { Bytes = segment.Bytes };
                    disk._segments[at] = mine;
                    taken.Add(mine);
                    disk.Inherited.AddRange(SpoolText.Read(mine.Bytes).Moves);
                }
            return taken;
        }
    }

    private sealed class Segment(SimDisk disk, string name, NodeLife owner, Func<Fault> fault) : SpoolSegment
    {
        private bool _isFree;

        public byte[] Bytes { get; set; } = [];
        public bool IsFree => _isFree || owner.IsDead;
        public override string Name => name;

        public override void Write(long position, ReadOnlySpan<byte> bytes)
        {
            switch (fault())
            {
                case Fault.None:
                    Put(position, bytes);
                    break;
                case Fault.CrashBefore:
                    Put(position, bytes[..(bytes.Length / 2)]);
                    Die();
                    break;
                case Fault.CrashAfter:
                    Put(position, bytes);
                    Die();
                    break;
                default:
                    throw new IOException("The disk is full.");
            }
        }

        public override byte[] ReadAll() => Bytes;

        public override void Delete() => disk._segments.Remove(this);

        public override void SetAside()
        {
            disk._segments.Remove(this);
            disk.Aside.Add($"{name} (damaged: {SpoolText.Read(Bytes).IsDamaged})\n{System.Text.Encoding.UTF8.GetString(Bytes)}");
        }

        public override void Dispose() => _isFree = true;

        private void Put(long position, ReadOnlySpan<byte> bytes)
        {
            var end = (int)position + bytes.Length;
            var whole = Bytes.Length < end ? new byte[end] : (byte[])Bytes.Clone();
            Bytes.CopyTo(whole, 0);
            bytes.CopyTo(whole.AsSpan((int)position));
            Bytes = whole;
        }

        private void Die()
        {
            owner.IsDead = true;
            throw new SimCrashException();
        }
    }
}

/// <summary>The process ends here; whoever catches it is dead already.</summary>
internal sealed class SimCrashException() : Exception("The process was killed.");
