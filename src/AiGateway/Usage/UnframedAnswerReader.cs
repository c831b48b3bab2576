namespace AiGateway.Usage;

/// <summary>
/// Reads an answer whose content type says neither JSON nor event stream: some providers send JSON errors as octet streams, some servers their
/// events as plain text. The first bytes that are no blanks decide; sound and pictures report no more than that they are there, plain text its length.
/// </summary>
internal sealed class UnframedAnswerReader(UsageFormat format) : AnswerReader
{
    /// <summary>As many as tell an event from a text.</summary>
    private const int DecidingBytes = 6;

    private readonly ByteBuffer _first = new();
    private AnswerReader? _reader;

    public override UsageReport Report => _reader?.Report ?? new UsageReport();

    public override void Read(ReadOnlySpan<byte> bytes)
    {
        if (_reader is null && _first.Length == 0)
        {
            bytes = bytes.TrimStart(" \t\r\n"u8);
        }

        if (_reader is not null)
        {
            _reader.Read(bytes);
        }
        else if (_first.Length + bytes.Length < DecidingBytes)
        {
            _first.Append(bytes);
        }
        else
        {
            _first.Append(bytes);
            Begin();
        }
    }

    public override void Complete()
    {
        if (_reader is null && _first.Length > 0)
        {
            Begin();
        }

        _reader?.Complete();
    }

    private void Begin()
    {
        _reader = By(_first.Span);
        _reader.Read(_first.Span);
        _first.Clear();
    }

    private AnswerReader By(ReadOnlySpan<byte> first) => (first[0], format) switch
    {
        ((byte)'{', _) or ((byte)'[', UsageFormat.GeminiGenerate or UsageFormat.Auto) => For(format, AnswerFraming.Json),
        _ when first.StartsWith("data:"u8) || first.StartsWith("event:"u8) => For(format, AnswerFraming.EventStream),
        (_, UsageFormat.OpenAiTranscription) => new CueAnswerReader(),
        _ => new SoundAnswerReader(),
    };
}
