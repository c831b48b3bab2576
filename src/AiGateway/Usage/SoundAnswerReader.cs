namespace AiGateway.Usage;

/// <summary>Sound, a picture or any other bytes that say nothing of what they cost: only that they are there.</summary>
internal sealed class SoundAnswerReader : AnswerReader
{
    private bool _hasBytes;

    public override UsageReport Report => new() { HasOtherOutput = _hasBytes };

    public override void Read(ReadOnlySpan<byte> bytes) => _hasBytes |= !bytes.IsEmpty;

    public override void Complete()
    {
    }
}
