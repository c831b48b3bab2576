namespace AiGateway.Usage;

/// <summary>
/// Watches one answer's body go by, in order and in pieces of any size, after content decoding.
/// Never holds more than a stated limit. May throw on a bug; the caller drops it then and the stream goes on.
/// </summary>
internal abstract class AnswerReader
{
    public abstract void Read(ReadOnlySpan<byte> bytes);

    /// <summary>The body has ended (or was cut): looks at what is still unparsed.</summary>
    public abstract void Complete();

    /// <summary>What was seen so far.</summary>
    public abstract UsageReport Report { get; }

    /// <summary>The reader for this format and framing.</summary>
    public static AnswerReader For(UsageFormat format, AnswerFraming framing) => (format, framing) switch
    {
        (UsageFormat.None or UsageFormat.Stored, _) => new SilentAnswerReader(),
        (_, AnswerFraming.Json) => new JsonAnswerReader(format),
        (_, AnswerFraming.EventStream) => new EventAnswerReader(format),
        _ => new UnframedAnswerReader(format),
    };
}
