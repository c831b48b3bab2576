using System.Buffers.Text;
using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>Counts and times of a <see cref="Utf8JsonReader"/>, without its exceptions.</summary>
internal static class JsonNumber
{
    /// <summary>A year, in seconds: what is longer is no length of a sound.</summary>
    private const decimal MaxSeconds = 366 * 24 * 3600;

    private const int MillisecondsPerSecond = 1000;

    /// <summary>A count, rounded up; null for what is no number, below zero or above <paramref name="max"/>.</summary>
    public static long? Count(ref Utf8JsonReader reader, long max)
    {
        if (reader.TokenType is not JsonTokenType.Number)
        {
            return null;
        }

        if (reader.TryGetInt64(out var whole))
        {
            return whole >= 0 && whole <= max ? whole : null;
        }

        return reader.TryGetDecimal(out var exact) && exact >= 0 && exact <= max ? (long)decimal.Ceiling(exact) : null;
    }

    /// <summary>Seconds, as a number or as text (older transcripts), in milliseconds, rounded up.</summary>
    public static long? Milliseconds(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String) || !Utf8Parser.TryParse(reader.ValueSpan, out decimal seconds, out var read))
        {
            return null;
        }

        return read == reader.ValueSpan.Length && seconds is >= 0 and <= MaxSeconds ? (long)decimal.Ceiling(seconds * MillisecondsPerSecond) : null;
    }
}
