using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>Reads <see cref="RequestFacts"/> off a JSON body, in one pass.</summary>
internal static class RequestReader
{
    /// <summary>A limit above this is read as this: far beyond every cap, and times <see cref="MaxChoices"/> still a number.</summary>
    public const long MaxLimit = 1_000_000_000_000;

    /// <summary>More answers than this are read as this; one call of them is refused by every cap.</summary>
    public const int MaxChoices = 1_000_000;

    /// <exception cref="JsonException">The body is not one JSON object, or is nested deeper than <see cref="JsonGrammar.MaxDepth"/>.</exception>
    public static RequestFacts Read(UsageFormat format, ReadOnlySpan<byte> json)
    {
        var pass = new RequestPass(format, json, null);
        var facts = pass.Read();
        return StoredReferences.In(format, json) is { Count: > 0 } references ? facts with { References = references } : facts;
    }

    /// <summary>
    /// The tokens of the text whose bytes are <see cref="RequestFacts.TextBytes"/>: a second pass over the same members, each piece of text counted where it stands.
    /// </summary>
    /// <exception cref="JsonException">As <see cref="Read"/>.</exception>
    public static long CountText(UsageFormat format, ReadOnlySpan<byte> json, TokenCounter counter)
    {
        var pass = new RequestPass(format, json, counter);
        return pass.Read().TextBytes;
    }

    /// <summary>A positive number, rounded up; null for anything else.</summary>
    public static long? Positive(ref Utf8JsonReader reader, long max)
    {
        if (reader.TokenType is not JsonTokenType.Number || reader.ValueSpan[0] == (byte)'-')
        {
            return null;
        }

        if (reader.TryGetInt64(out var whole))
        {
            return whole > 0 ? Math.Min(whole, max) : null;
        }

        // What no decimal can hold is either huge or written so oddly that the safe reading is huge.
        var exact = reader.TryGetDecimal(out var number) ? decimal.Ceiling(number) : max;
        return exact > 0 ? (long)Math.Min(exact, max) : null;
    }
}
