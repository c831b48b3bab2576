using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>
/// Walks JSON documents token by token and knows at each token in which <see cref="Place"/> of the format it stands.
/// Arrays are see-through: what is in one stands in the array's own place.
/// </summary>
internal abstract class JsonGrammar
{
    /// <summary>Deepest nesting read. Recorded answers stay below 20; the reader's own default of 64 is too near to tool arguments that nest schemas.</summary>
    public const int MaxDepth = 256;

    // Grown where an answer nests deeper than answers do.
    private Place[] _open = new Place[32];
    private int _depth;
    private Place _next;

    /// <summary>The document's root value has ended.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Of the string that is read next, so many bytes were left out.</summary>
    public long OmittedBytes { get; set; }

    public static JsonReaderOptions ReaderOptions => new() { MaxDepth = MaxDepth };

    public virtual void Begin()
    {
        IsWhole = false;
        _depth = 0;
        _next = Place.Root;
    }

    public void Token(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName when _open[_depth] is Place.Ignored:
                break;
            case JsonTokenType.PropertyName:
                _next = Child(_open[_depth], JsonText.Key(ref reader));
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                if (++_depth == _open.Length)
                {
                    Array.Resize(ref _open, MaxDepth + 1);
                }

                _open[_depth] = _next;
                Opened(_next);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                Close();
                break;
            default:
                if (_next is not Place.Ignored)
                {
                    Value(_next, ref reader);
                }

                IsWhole = _depth == 0;
                break;
        }
    }

    protected abstract Place Child(Place parent, ReadOnlySpan<byte> key);

    protected abstract void Opened(Place place);

    protected abstract void Closed(Place place);

    protected abstract void Value(Place place, ref Utf8JsonReader reader);

    private void Close()
    {
        Closed(_open[_depth]);
        _depth--;
        _next = _open[_depth];
        IsWhole = _depth == 0;
    }
}
