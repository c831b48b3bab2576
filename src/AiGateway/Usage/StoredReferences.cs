using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>
/// Objects stored at the provider that a request's body names besides the answer or conversation that it goes on from: files, stores of vectors,
/// containers, items of earlier answers, cached contents. What a tool is called with is data, whatever its members are called.
/// </summary>
internal ref struct StoredReferences
{
    /// <summary>A request names a handful; one that names more is asking for nobody's.</summary>
    private const int Most = 32;

    private enum Place { Root, Items, Container, Other }

    private List<string>? _found;

    /// <summary>In the order in which they stand there; a name that is no id counts as nobody's.</summary>
    /// <exception cref="JsonException">The body is not JSON, or nested too deep.</exception>
    public static ValueList<string> In(UsageFormat format, ReadOnlySpan<byte> json)
    {
        if (!MayHold(format, json))
        {
            return ValueList<string>.Empty;
        }

        var reader = new Utf8JsonReader(json, JsonGrammar.ReaderOptions);
        var pass = new StoredReferences();
        reader.Read();
        pass.Value(ref reader, Place.Root);
        return pass._found is { } found ? new ValueList<string>(found) : ValueList<string>.Empty;
    }

    /// <summary>Most bodies hold none of the names, and need no second reading. Escapes can spell any of them.</summary>
    private static bool MayHold(UsageFormat format, ReadOnlySpan<byte> json) =>
        json.IndexOf("file_id"u8) >= 0 || json.IndexOf("vector_store_id"u8) >= 0 || json.IndexOf("container"u8) >= 0 || json.IndexOf("item_reference"u8) >= 0
        || json.IndexOf("fileUri"u8) >= 0 || json.IndexOf("file_uri"u8) >= 0 || json.IndexOf("cachedContent"u8) >= 0 || json.IndexOf("cached_content"u8) >= 0
        || (format is UsageFormat.OpenAiResponses && json.IndexOf("\"id\""u8) >= 0) || json.IndexOf("\\u"u8) >= 0;

    private void Value(ref Utf8JsonReader reader, Place place)
    {
        if (reader.TokenType is JsonTokenType.StartObject)
        {
            Members(ref reader, place);
        }
        else if (reader.TokenType is JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            {
                Value(ref reader, place);
            }
        }
    }

    private void Members(ref Utf8JsonReader reader, Place place)
    {
        string? id = null, type = null;
        var saysMore = false;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var key = JsonText.Key(ref reader);
            var isReference = IsReference(key) || (place is Place.Container && key.SequenceEqual("id"u8));
            var isAddress = key.SequenceEqual("fileUri"u8) || key.SequenceEqual("file_uri"u8);
            var isData = IsData(key, place);
            var (isId, isType, isContainer) = (key.SequenceEqual("id"u8), key.SequenceEqual("type"u8), key.SequenceEqual("container"u8));
            var isItems = place is Place.Root && key.SequenceEqual("input"u8);
            reader.Read();
            saysMore |= !isId && !isType && reader.TokenType is not JsonTokenType.Null;
            if (isData)
            {
                reader.Skip();
            }
            else if (isReference)
            {
                Names(ref reader);
            }
            else if (isAddress)
            {
                Address(ref reader);
            }
            else if (isContainer)
            {
                Container(ref reader);
            }
            else if (isId)
            {
                id = Text(ref reader);
            }
            else if (isType)
            {
                type = Text(ref reader) ?? type;
            }
            else
            {
                Value(ref reader, isItems ? Place.Items : Place.Other);
            }
        }

        // An item that says nothing but its id is a reference too.
        if (id is not null && (type is "item_reference" || (place is Place.Items && type is null && !saysMore)))
        {
            Add(id);
        }
    }

    private static bool IsReference(scoped ReadOnlySpan<byte> key) =>
        key.SequenceEqual("file_id"u8) || key.SequenceEqual("file_ids"u8) || key.SequenceEqual("vector_store_id"u8) || key.SequenceEqual("vector_store_ids"u8)
        || key.SequenceEqual("container_id"u8) || key.SequenceEqual("cachedContent"u8) || key.SequenceEqual("cached_content"u8);

    /// <summary>Arguments of tools, and what describes them.</summary>
    private static bool IsData(scoped ReadOnlySpan<byte> key, Place place) =>
        key.SequenceEqual("arguments"u8) || key.SequenceEqual("args"u8) || key.SequenceEqual("parameters"u8) || key.SequenceEqual("parametersJsonSchema"u8)
        || key.SequenceEqual("input_schema"u8) || key.SequenceEqual("schema"u8) || key.SequenceEqual("json_schema"u8) || key.SequenceEqual("metadata"u8)
        || key.SequenceEqual("functionResponse"u8) || key.SequenceEqual("function_response"u8) || (place is Place.Other && key.SequenceEqual("input"u8));

    private void Names(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String)
        {
            Add(Text(ref reader) ?? RequestFacts.UnknownReference);
        }
        else if (reader.TokenType is JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
            {
                Names(ref reader);
            }
        }
        else
        {
            Value(ref reader, Place.Other);
        }
    }

    private void Container(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String)
        {
            Names(ref reader);
        }
        else
        {
            Value(ref reader, Place.Container);
        }
    }

    /// <summary>A file at Google's own: any other address is read without anybody's rights.</summary>
    private void Address(ref Utf8JsonReader reader)
    {
        var address = Text(ref reader);
        if (address is not null && (address.StartsWith("gs:", StringComparison.OrdinalIgnoreCase) || address.Contains("/files/", StringComparison.OrdinalIgnoreCase)
            || !address.Contains("://", StringComparison.Ordinal)))
        {
            Add(address);
        }
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        var text = JsonText.Name(ref reader, RequestText.MaxIdentifierBytes);
        reader.Skip();
        return text;
    }

    private void Add(string id)
    {
        _found ??= [];
        if (_found.Count == Most)
        {
            _found[^1] = RequestFacts.UnknownReference;
        }
        else if (!_found.Contains(id))
        {
            _found.Add(id);
        }
    }
}
