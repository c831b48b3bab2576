using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>
/// Strings and keys of a <see cref="Utf8JsonReader"/>, unescaped without its exceptions: the reader's own getters throw on a lone
/// surrogate or on broken UTF-8, and neither may ever cost a caller his answer. Both become U+FFFD here.
/// </summary>
internal static class JsonText
{
    /// <summary>Longer than any key that a format names.</summary>
    public const int MaxKeyBytes = 64;

    /// <summary>Longer than any model, id or tier; what is longer is no name.</summary>
    public const int MaxNameBytes = 256;

    /// <summary>The key that the reader stands on. Empty where it is longer than any key we know.</summary>
    public static ReadOnlySpan<byte> Key(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        return Length(ref reader) is var length && length > MaxKeyBytes ? default : Unescaped(ref reader, length);
    }

    /// <summary>UTF-8 bytes of the string that the reader stands on, after unescaping.</summary>
    public static int Length(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? Unescape(reader.ValueSpan, default) : reader.ValueSpan.Length;

    /// <summary>Characters (code points) of the string that the reader stands on, after unescaping; 0 where it is no string.</summary>
    public static long Characters(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.String)
        {
            return 0;
        }

        var rented = ArrayPool<byte>.Shared.Rent(Math.Max(1, reader.ValueSpan.Length));
        var text = reader.ValueSpan;
        if (reader.ValueIsEscaped)
        {
            text = rented.AsSpan(0, Unescape(reader.ValueSpan, rented));
        }

        var characters = 0L;
        foreach (var next in text)
        {
            // All bytes of a character but its first begin with 10.
            characters += (next & 0xC0) == 0x80 ? 0 : 1;
        }

        ArrayPool<byte>.Shared.Return(rented);
        return characters;
    }

    /// <summary>Tokens of the string that the reader stands on, after unescaping.</summary>
    public static long Tokens(ref Utf8JsonReader reader, TokenCounter counter)
    {
        if (!reader.ValueIsEscaped)
        {
            return counter.Count(reader.ValueSpan);
        }

        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        var length = Unescape(reader.ValueSpan, rented);
        var tokens = counter.Count(rented.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(rented);
        return tokens;
    }

    /// <summary>The string that the reader stands on; null where it is no string, empty, or longer than <paramref name="maxBytes"/>.</summary>
    public static string? Name(ref Utf8JsonReader reader, int maxBytes = MaxNameBytes)
    {
        if (reader.TokenType is not JsonTokenType.String || Length(ref reader) is not (> 0 and var length) || length > maxBytes)
        {
            return null;
        }

        return Encoding.UTF8.GetString(Unescaped(ref reader, length));
    }

    /// <summary>The string that the reader stands on, cut to <paramref name="maxBytes"/>; null where it is no string or empty.</summary>
    public static string? Start(ref Utf8JsonReader reader, int maxBytes)
    {
        if (reader.TokenType is not JsonTokenType.String || Length(ref reader) is not (> 0 and var length))
        {
            return null;
        }

        return Encoding.UTF8.GetString(Unescaped(ref reader, length)[..Math.Min(length, maxBytes)]);
    }

    private static ReadOnlySpan<byte> Unescaped(ref Utf8JsonReader reader, int length)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        var unescaped = new byte[length];
        Unescape(reader.ValueSpan, unescaped);
        return unescaped;
    }

    /// <summary>Counts the unescaped bytes, and writes them where there is room for all.</summary>
    private static int Unescape(ReadOnlySpan<byte> raw, Span<byte> room)
    {
        var length = 0;
        Span<byte> utf8 = stackalloc byte[4];
        for (var at = raw.IndexOf((byte)'\\'); at >= 0; at = raw.IndexOf((byte)'\\'))
        {
            length += Put(raw[..at], room, length);
            raw = raw[at..];
            var rune = Escape(raw, out var consumed);
            length += Put(utf8[..rune.EncodeToUtf8(utf8)], room, length);
            raw = raw[consumed..];
        }

        return length + Put(raw, room, length);
    }

    private static int Put(ReadOnlySpan<byte> bytes, Span<byte> room, int at)
    {
        if (!room.IsEmpty)
        {
            bytes.CopyTo(room[at..]);
        }

        return bytes.Length;
    }

    /// <summary>The character behind the backslash that <paramref name="raw"/> starts with; the reader has already checked its form.</summary>
    private static Rune Escape(ReadOnlySpan<byte> raw, out int consumed)
    {
        consumed = 2;
        if (raw[1] != (byte)'u')
        {
            return new Rune((char)(raw[1] switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'t' => (byte)'\t',
                (byte)'r' => (byte)'\r',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                var same => same,
            }));
        }

        consumed = 6;
        var first = Unit(raw);
        if (Rune.TryCreate(first, out var rune))
        {
            return rune;
        }

        if (raw.Length >= 12 && raw[6] == (byte)'\\' && raw[7] == (byte)'u' && Rune.TryCreate(first, Unit(raw[6..]), out rune))
        {
            consumed = 12;
            return rune;
        }

        return Rune.ReplacementChar;
    }

    private static char Unit(ReadOnlySpan<byte> raw)
    {
        var unit = 0;
        foreach (var digit in raw[2..6])
        {
            unit = (unit << 4) | (digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return (char)unit;
    }
}
