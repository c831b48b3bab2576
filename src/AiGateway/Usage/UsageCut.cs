using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>What include_usage added to one event, as a stretch of its bytes.</summary>
/// <param name="At">Where the stretch begins.</param>
/// <param name="Length">Its length; 0 where there is nothing to take out.</param>
/// <param name="IsWhole">The event is a usage-only chunk: all of it goes.</param>
internal readonly record struct UsageCut(int At, int Length, bool IsWhole)
{
    /// <summary>
    /// <c>created</c> is Unix seconds at OpenAI. Beyond this (the year 5138) it is milliseconds: another server's habit,
    /// and such a server writes "usage":null whether asked or not, so the caller would have had it without us.
    /// </summary>
    private const long LatestUnixSeconds = 100_000_000_000;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private static ReadOnlySpan<byte> Field => "data:"u8;

    private static readonly UsageCut Nothing = default;

    /// <param name="text">One event with its lines and their ends.</param>
    public static UsageCut Of(ReadOnlySpan<byte> text)
    {
        // Most streams of other servers have no such bytes in most events; no provider escapes the key.
        if (text.IndexOf("\"usage\""u8) < 0 || !TryFindData(text, out var at, out var length, out var hasComment))
        {
            return Nothing;
        }

        try
        {
            var data = text.Slice(at, length);
            var cut = OfChunk(data.IndexOfAny((byte)'\n', (byte)'\r') < 0 ? data : OnOneLine(data), at);
            return cut.IsWhole && hasComment ? OfLine(text, at, length) : cut;
        }
        catch (JsonException)
        {
            // Torn or not JSON: none of our business.
            return Nothing;
        }
    }

    /// <summary>A comment in the same event is not the chunk's: only the data line goes.</summary>
    private static UsageCut OfLine(ReadOnlySpan<byte> text, int at, int length)
    {
        var rest = text[(at + length)..];
        var lineEnd = rest.StartsWith("\r\n"u8) ? 2 : Math.Min(1, rest.Length);
        return new UsageCut(at - Field.Length, Field.Length + length + lineEnd, false);
    }

    /// <summary>Finds the event's data: one line, or several with nothing in between.</summary>
    private static bool TryFindData(ReadOnlySpan<byte> text, out int at, out int length, out bool hasComment)
    {
        (at, length, hasComment) = (-1, 0, false);
        var isBehind = false;
        var start = text.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        while (start < text.Length)
        {
            var step = text[start..].IndexOfAny((byte)'\n', (byte)'\r');
            var line = step < 0 ? text[start..] : text.Slice(start, step);
            hasComment |= line.StartsWith(":"u8);
            if (!line.StartsWith(Field))
            {
                isBehind |= at >= 0 && !line.IsEmpty;
            }
            else if (isBehind)
            {
                return false;
            }
            else
            {
                at = at < 0 ? start + Field.Length : at;
                length = start + line.Length - at;
            }

            start += line.Length + 1;
        }

        return at >= 0;
    }

    /// <summary>Several data lines as the one text that they are, every byte of it at its old place: line breaks and the fields' names become white space.</summary>
    private static byte[] OnOneLine(ReadOnlySpan<byte> lines)
    {
        var text = lines.ToArray();
        for (var from = 0; text.AsSpan(from).IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var step;)
        {
            var end = from + step;
            var next = end + text.AsSpan(end).IndexOf(Field) + Field.Length;
            // No blank: a text that is broken inside a string is JSON to nobody.
            text.AsSpan(end, next - end).Fill((byte)'\n');
            from = next;
        }

        return text;
    }

    private static UsageCut OfChunk(ReadOnlySpan<byte> data, int offset)
    {
        var reader = new Utf8JsonReader(data, JsonGrammar.ReaderOptions);
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return Nothing;
        }

        var chunk = default(Chunk);
        var previousEnd = 0;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            chunk.Take(ref reader, previousEnd);
            previousEnd = (int)reader.BytesConsumed;
        }

        // Anything behind the object makes the reader throw.
        reader.Read();
        return chunk.Cut(offset);
    }

    /// <summary>One chunk's members, as far as they decide.</summary>
    private ref struct Chunk
    {
        private bool _hasNoChoices;
        private bool _hasUsage;
        private bool _hasNull;
        private bool _isForeign;
        private bool _isRepeated;
        private bool _nullIsFirst;
        private int _nullStart;
        private int _nullEnd;
        private int _nextStart;

        /// <param name="previousEnd">Where the member before this one ended; 0 before the first.</param>
        public void Take(ref Utf8JsonReader reader, int previousEnd)
        {
            var nameStart = (int)reader.TokenStartIndex;
            _nextStart = _hasNull && _nextStart == 0 ? nameStart : _nextStart;
            var key = JsonText.Key(ref reader);
            var isUsage = key.SequenceEqual("usage"u8);
            var isChoices = key.SequenceEqual("choices"u8);
            var isCreated = key.SequenceEqual("created"u8);
            reader.Read();
            if (isUsage)
            {
                _isRepeated |= _hasNull || _hasUsage;
                _hasUsage = reader.TokenType is JsonTokenType.StartObject;
                _hasNull = reader.TokenType is JsonTokenType.Null;
                _nullIsFirst = previousEnd == 0;
                _nullStart = _nullIsFirst ? nameStart : previousEnd;
                _nullEnd = (int)reader.BytesConsumed;
            }
            else if (isChoices)
            {
                _hasNoChoices = IsEmptyArray(ref reader);
            }
            else if (isCreated)
            {
                _isForeign = reader.TokenType is JsonTokenType.Number && !(reader.TryGetInt64(out var created) && created <= LatestUnixSeconds);
            }

            reader.Skip();
        }

        public readonly UsageCut Cut(int offset)
        {
            if (_isRepeated)
            {
                return Nothing;
            }

            if (_hasUsage && _hasNoChoices)
            {
                return new UsageCut(0, 0, true);
            }

            if (!_hasNull || _isForeign)
            {
                return Nothing;
            }

            // The comma before goes with the member; the first one takes the comma behind it along.
            var end = _nullIsFirst && _nextStart > 0 ? _nextStart : _nullEnd;
            return new UsageCut(offset + _nullStart, end - _nullStart, false);
        }

        private static bool IsEmptyArray(ref Utf8JsonReader reader)
        {
            if (reader.TokenType is not JsonTokenType.StartArray)
            {
                return false;
            }

            reader.Read();
            var isEmpty = reader.TokenType is JsonTokenType.EndArray;
            while (!isEmpty && !(reader.TokenType is JsonTokenType.EndArray && reader.CurrentDepth == 1))
            {
                reader.Read();
            }

            return isEmpty;
        }
    }
}
