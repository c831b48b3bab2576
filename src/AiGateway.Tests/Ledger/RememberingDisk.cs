using AiGateway.Ledger;

namespace AiGateway.Tests.Ledger;

/// <summary>The real disk; knows the segments that were made, so that a test can look into what their process has locked.</summary>
internal sealed class RememberingDisk(SpoolDisk inner) : SpoolDisk
{
    private readonly List<SpoolSegment> _made = [];

    public IReadOnlyList<SpoolSegment> Made => _made;

    public override SpoolSegment Create(long reservedBytes)
    {
        var segment = inner.Create(reservedBytes);
        _made.Add(segment);
        return segment;
    }

    public override IReadOnlyList<SpoolSegment> TakeOver() => inner.TakeOver();
}
