namespace AiGateway.Usage;

/// <summary>Guesses for answers that report nothing. Every charge made from one is marked <c>estimated</c>.</summary>
internal static class Estimates
{
    /// <summary>Hold ceilings, in tokens a part: what the largest accepted image, audio or file part is taken to cost.</summary>
    public const long ImagePartCeiling = 4_000;
    public const long AudioPartCeiling = 20_000;
    public const long FilePartCeiling = 50_000;

    /// <summary>What a part usually costs, in tokens: a picture at middle size, a minute of sound, a few pages.</summary>
    public const long TypicalImagePart = 1_000;
    public const long TypicalAudioPart = 600;
    public const long TypicalFilePart = 3_000;

    /// <summary>Role and separators around each message, and the opening of the answer.</summary>
    public const long TokensPerMessage = 4;
    public const long TokensPerRequest = 3;

    /// <summary>Bytes a token in mostly English text with some code and JSON.</summary>
    private const long BytesPerToken = 4;

    private const long SpokenBytesPerSecond = 15;
    private const long FileBytesPerSecond = 16_000;

    /// <summary>
    /// The hold's input: a byte-level tokenizer never makes more tokens than bytes. The few tokens around each message are left out,
    /// so that a caller can work the figure out; they are charged when they are reported.
    /// </summary>
    public static long InputCeiling(RequestFacts facts) => Sum(
        facts.TextBytes, Parts(facts, ImagePartCeiling, AudioPartCeiling, FilePartCeiling), 0);

    /// <summary>The likely input tokens of a request (not a bound).</summary>
    public static long InputTokens(RequestFacts facts) => Sum(
        OutputTokens(facts.TextBytes), Parts(facts, TypicalImagePart, TypicalAudioPart, TypicalFilePart), Overhead(facts));

    /// <summary>The likely output tokens of so many bytes of generated text (not a bound).</summary>
    public static long OutputTokens(long textBytes) => (textBytes / BytesPerToken) + (textBytes % BytesPerToken == 0 ? 0 : 1);

    /// <summary>How long sound is by its transcript, in milliseconds: people speak some 15 bytes of English text a second. At least a second.</summary>
    public static long SoundMilliseconds(long textBytes) => Math.Max(1, (textBytes + SpokenBytesPerSecond - 1) / SpokenBytesPerSecond) * 1000;

    /// <summary>How long sound is by its file, in milliseconds: most are coded at 128 kbit/s. At least a second.</summary>
    public static long FileMilliseconds(long bytes) => Math.Max(1, (bytes + FileBytesPerSecond - 1) / FileBytesPerSecond) * 1000;

    private static long Overhead(RequestFacts facts) =>
        facts.Messages == 0 ? 0 : (facts.Messages * TokensPerMessage) + TokensPerRequest;

    private static long Parts(RequestFacts facts, long image, long audio, long file) =>
        (facts.ImageParts * image) + (facts.AudioParts * audio) + (facts.FileParts * file);

    /// <summary>Sums without overflow: a body is at most gigabytes, but the facts are only numbers to this class.</summary>
    private static long Sum(long text, long parts, long overhead) =>
        text > long.MaxValue - parts - overhead ? long.MaxValue : text + parts + overhead;
}
