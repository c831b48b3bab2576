namespace AiGateway.Usage;

/// <summary>
/// Follows JSON text just far enough to know where strings begin and end, and says which bytes to keep: of a string that is longer than
/// <see cref="KeptBytes"/> the rest is left out, and its unescaped length is counted.
/// </summary>
internal sealed class LongString
{
    /// <summary>Longer than any generated answer's usual string; a thousand open answers keep 64 MB at worst.</summary>
    public const int KeptBytes = 64 * 1024;

    private const int HexDigits = 4;

    private bool _isInside;
    private bool _isCut;
    private int _length;
    private bool _afterBackslash;
    private int _hexLeft;
    private int _unit;
    private bool _isHalfPair;

    /// <summary>From here on a string is left out: what was kept before it may be read first.</summary>
    public bool HasBegunCut { get; private set; }

    /// <summary>The string that was just ended lost its end: its closing quote is still to be written.</summary>
    public bool HasEndedCut { get; private set; }

    /// <summary>Bytes of that string that were left out, unescaped.</summary>
    public long OmittedBytes { get; private set; }

    /// <summary>Looks at the next bytes.</summary>
    /// <param name="kept">How many of those taken belong to what is kept; they are the first ones.</param>
    /// <returns>How many were taken; at least one.</returns>
    public int Take(ReadOnlySpan<byte> bytes, out int kept)
    {
        (HasBegunCut, HasEndedCut) = (false, false);
        if (_isCut)
        {
            kept = 0;
            return SkipCut(bytes);
        }

        for (kept = 0; kept < bytes.Length; kept = Next(bytes, kept))
        {
            if (_isInside && _length >= KeptBytes && !_afterBackslash && _hexLeft == 0 && !_isHalfPair)
            {
                (_isCut, HasBegunCut, OmittedBytes) = (true, true, 0);
                return kept > 0 ? kept : SkipCut(bytes);
            }
        }

        return kept;
    }

    /// <summary>Steps over the next byte, or over a run of bytes without a meaning here.</summary>
    private int Next(ReadOnlySpan<byte> bytes, int at)
    {
        if (!_isInside)
        {
            var quote = bytes[at..].IndexOf((byte)'"');
            (_isInside, _length) = (quote >= 0, 0);
            return quote < 0 ? bytes.Length : at + quote + 1;
        }

        if (StepsInEscape(bytes[at]))
        {
            _length++;
            _isHalfPair = !_afterBackslash && _hexLeft == 0 && char.IsHighSurrogate((char)_unit);
            return at + 1;
        }

        _isHalfPair = false;
        var rest = bytes.Slice(at, Math.Min(bytes.Length - at, Math.Max(1, KeptBytes - _length)));
        var step = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (step != 0)
        {
            var run = step < 0 ? rest.Length : step;
            _length += run;
            return at + run;
        }

        (_isInside, _afterBackslash) = (bytes[at] == (byte)'\\', bytes[at] == (byte)'\\');
        _length++;
        return at + 1;
    }

    private int SkipCut(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (StepsInEscape(bytes[at]))
            {
                at++;
                OmittedBytes += _afterBackslash || _hexLeft > 0 ? 0 : EscapedBytes();
                continue;
            }

            var step = bytes[at..].IndexOfAny((byte)'"', (byte)'\\');
            OmittedBytes += step < 0 ? bytes.Length - at : step;
            if (step < 0)
            {
                return bytes.Length;
            }

            at += step + 1;
            if (bytes[at - 1] == (byte)'"')
            {
                (_isInside, _isCut, HasEndedCut) = (false, false, true);
                return at;
            }

            _afterBackslash = true;
        }

        return at;
    }

    /// <returns>True where this byte belongs to an escape that has begun.</returns>
    private bool StepsInEscape(byte next)
    {
        if (_hexLeft > 0)
        {
            _hexLeft--;
            _unit = ((_unit << 4) | Digit(next)) & 0xFFFF;
            return true;
        }

        if (!_afterBackslash)
        {
            return false;
        }

        _afterBackslash = false;
        (_hexLeft, _unit) = next == (byte)'u' ? (HexDigits, 0) : (0, 1);
        return true;
    }

    /// <summary>UTF-8 bytes of the character that was escaped; half of a pair counts two.</summary>
    private int EscapedBytes() => _unit < 0x80 ? 1 : _unit < 0x800 || char.IsSurrogate((char)_unit) ? 2 : 3;

    private static int Digit(byte hex) => hex <= (byte)'9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
