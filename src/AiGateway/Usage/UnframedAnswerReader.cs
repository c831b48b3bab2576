namespace AiGateway.Usage;

/// <summary>
/// Reads an answer whose content type says neither JSON nor event stream: some providers send JSON errors as octet streams.
/// The first byte that is no blank decides; sound and pictures report no more than that they are there, plain text its length.
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

            _reader = By(bytes[0]);
        }

        _reader.Read(bytes);
    }

    public override void Complete() => _reader?.Complete();

    private AnswerReader By(byte first) => (first, format) switch
    {
        ((byte)'{', _) or ((byte)'[', UsageFormat.GeminiGenerate or UsageFormat.Auto) => For(format, AnswerFraming.Json),
        (_, UsageFormat.OpenAiTranscription) => new CueAnswerReader(),
        _ => new SoundAnswerReader(),
    };
}
