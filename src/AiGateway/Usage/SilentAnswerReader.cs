namespace AiGateway.Usage;

/// <summary>For what is not metered, and for stored objects, whose usage was charged when they were made.</summary>
internal sealed class SilentAnswerReader : AnswerReader
{
    public override UsageReport Report { get; } = new();

    public override void Read(ReadOnlySpan<byte> bytes)
    {
    }

    public override void Complete()
    {
    }
}
