using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>Where <c>stream_options.include_usage</c> goes into a body as it was given. Of duplicate keys the last one counts.</summary>
internal sealed class StreamOptionsSplice
{
    private enum Found { Nothing, Null, Object, Other }

    private Found _found;
    private Found _member;
    private int _at;
    private int _length;
    private bool _isEmpty;

    public bool IncludesUsage { get; private set; }

    /// <summary>Reads the value of a <c>stream_options</c> key, to its end.</summary>
    public void Read(ref Utf8JsonReader reader)
    {
        IncludesUsage = false;
        _member = Found.Nothing;
        _found = reader.TokenType switch
        {
            JsonTokenType.Null => Found.Null,
            JsonTokenType.StartObject => Found.Object,
            _ => Found.Other,
        };
        _at = (int)reader.TokenStartIndex;
        _length = (int)reader.BytesConsumed - _at;
        if (_found is Found.Object)
        {
            ReadObject(ref reader);
        }
        else
        {
            reader.Skip();
        }
    }

    /// <param name="rootEnd">Offset of the root object's closing brace; the root is not empty, as it asks for a stream.</param>
    /// <returns>Null where usage is asked for already, or where the options are of a kind that nobody should touch.</returns>
    public Splice? Splice(int rootEnd) => (_found, _member) switch
    {
        _ when IncludesUsage => null,
        (Found.Nothing, _) => new Splice(rootEnd, 0, ",\"stream_options\":{\"include_usage\":true}"u8.ToArray()),
        (Found.Null, _) => new Splice(_at, _length, "{\"include_usage\":true}"u8.ToArray()),
        (Found.Object, Found.Nothing) => new Splice(
            _at + 1, 0, _isEmpty ? "\"include_usage\":true"u8.ToArray() : "\"include_usage\":true,"u8.ToArray()),
        (Found.Object, Found.Null) => new Splice(_at, _length, "true"u8.ToArray()),
        _ => null,
    };

    private void ReadObject(ref Utf8JsonReader reader)
    {
        _isEmpty = true;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            _isEmpty = false;
            var isOurs = JsonText.Key(ref reader).SequenceEqual("include_usage"u8);
            reader.Read();
            if (isOurs)
            {
                ReadMember(ref reader);
            }

            reader.Skip();
        }
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        IncludesUsage = reader.TokenType is JsonTokenType.True;
        _member = reader.TokenType is JsonTokenType.Null or JsonTokenType.False ? Found.Null : Found.Other;
        _at = (int)reader.TokenStartIndex;
        _length = (int)reader.BytesConsumed - _at;
    }
}
