namespace AiGateway.Usage;

/// <summary>
/// Reads an answer whose content type says neither JSON nor event stream: some providers send JSON errors as octet streams.
/// The first byte that is no blank decides; sound, pictures and plain text report nothing.
/// </summary>
internal sealed class UnframedAnswerReader(UsageFormat format) : AnswerReader
{
    private AnswerReader? _reader;

    public override UsageReport Report => _reader?.Report ?? new UsageReport();

    public override void Read(ReadOnlySpan<byte> bytes)
    {
        if (_reader is null)
        {
            bytes = bytes.TrimStart(" \t\r\n"u8);
            if (bytes.IsEmpty)
            {
                return;
            }

            _reader = For(bytes[0] is (byte)'{' ? format : UsageFormat.None, AnswerFraming.Json);
        }

        _reader.Read(bytes);
    }

    public override void Complete() => _reader?.Complete();
}
