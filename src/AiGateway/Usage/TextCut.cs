using System.Globalization;
using System.Text;

namespace AiGateway.Usage;

/// <summary>
/// Cuts text into pieces that can be tokenized one by one: between two words, where a tokenizer cuts as well, so that the pieces' tokens add up to the whole's.
/// An unbroken run that is longer than the limit becomes a piece of its own: tokenizing takes the square of a run's length, and 64 KB of one letter three seconds.
/// </summary>
internal static class TextCut
{
    /// <summary>Longest run that may be tokenized, in bytes. Words, indents and rows of dashes are far shorter; at 1,024 a KB of random letters took 2.3 ms.</summary>
    public const int MaxRunBytes = 256;

    /// <summary>Longest piece that is no run, in bytes.</summary>
    public const int PieceBytes = 16 * 1024;

    private enum Kind { Space, Letter, Number, Mark, Apostrophe, Symbol }

    // In a text these are text, but the tokenizer would take each for one token of a special meaning.
    private static ReadOnlySpan<byte> EndOfText => "<|endoftext|>"u8;
    private static ReadOnlySpan<byte> EndOfPrompt => "<|endofprompt|>"u8;

    /// <param name="text">UTF-8; not empty.</param>
    /// <param name="isUnbroken">The piece is one run beyond the limit.</param>
    /// <returns>The length of the first piece, in bytes; at least 1.</returns>
    public static int Next(ReadOnlySpan<byte> text, out bool isUnbroken)
    {
        isUnbroken = false;
        var runs = new Runs();
        var (at, cut, before) = (0, 0, Kind.Space);
        while (at < text.Length)
        {
            var kind = KindOf(text[at..], out var length);
            if (isUnbroken && !runs.GoesOn(kind))
                return at;
            if (at > 0 && IsBetweenWords(before, kind, text[at]))
                cut = at;
            runs.Add(kind, at);
            if (!isUnbroken && at + length - runs.Start > MaxRunBytes)
            {
                if (runs.Start > 0)
                    return runs.Start;
                isUnbroken = true;
            }
            if (!isUnbroken && at + length > PieceBytes)
                return cut > 0 ? cut : at;
            if (text[at] == (byte)'<' && (text[at..].StartsWith(EndOfText) || text[at..].StartsWith(EndOfPrompt)))
                return at + 1;
            (at, before) = (at + length, kind);
        }
        return at;
    }

    /// <summary>Where any tokenizer of this family cuts: a word or number ends, or a space begins the next one.</summary>
    private static bool IsBetweenWords(Kind before, Kind kind, byte first) =>
        before is Kind.Letter or Kind.Number ? kind is Kind.Space or Kind.Symbol : before is not Kind.Space && first == (byte)' ';

    private static Kind KindOf(ReadOnlySpan<byte> text, out int length)
    {
        length = 1;
        if (text[0] < 0x80)
            return KindOf(text[0]);
        Rune.DecodeFromUtf8(text, out var rune, out length);
        if (Rune.IsWhiteSpace(rune))
            return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            <= UnicodeCategory.EnclosingMark => Kind.Mark,
            <= UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Symbol,
        };
    }

    private static Kind KindOf(byte ascii) =>
        (ascii | 0x20) is >= 'a' and <= 'z' ? Kind.Letter
        : ascii is (byte)' ' or (>= 9 and <= 13) ? Kind.Space
        : ascii is >= (byte)'0' and <= (byte)'9' ? Kind.Number
        : ascii is (byte)'\'' ? Kind.Apostrophe
        : Kind.Symbol;

    /// <summary>The runs that are open: of letters, of symbols, of white space. Marks belong to letters as well as to symbols; numbers come in threes and make no run.</summary>
    private ref struct Runs()
    {
        private const int None = int.MaxValue;

        private int _letters = None;
        private int _symbols = None;
        private int _spaces = None;

        /// <summary>Where the longest open run began; far beyond the text where none is open.</summary>
        public readonly int Start => Math.Min(_letters, Math.Min(_symbols, _spaces));

        public void Add(Kind kind, int at)
        {
            _letters = IsLetter(kind) ? Math.Min(_letters, at) : None;
            _symbols = IsSymbol(kind) ? Math.Min(_symbols, at) : None;
            _spaces = kind is Kind.Space ? Math.Min(_spaces, at) : None;
        }

        /// <summary>Whether a character of this kind continues a run that began with the text.</summary>
        public readonly bool GoesOn(Kind kind) =>
            (_letters == 0 && IsLetter(kind)) || (_symbols == 0 && IsSymbol(kind)) || (_spaces == 0 && kind is Kind.Space);

        private static bool IsLetter(Kind kind) => kind is Kind.Letter or Kind.Mark;

        private static bool IsSymbol(Kind kind) => kind is Kind.Symbol or Kind.Apostrophe or Kind.Mark;
    }
}
