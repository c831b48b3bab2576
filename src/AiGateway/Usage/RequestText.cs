using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>
/// Counts what the model will read. Text counts in bytes; pictures, sound and files count in parts, their base64 is no text.
/// What we do not know counts as text: nothing is free by omission.
/// </summary>
/// <param name="json">The whole body.</param>
/// <param name="counter">Counts text in tokens instead of bytes; null: bytes.</param>
internal ref struct RequestText(ReadOnlySpan<byte> json, TokenCounter? counter)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private readonly TokenCounter? _counter = counter;

    /// <summary>Models, users and ids that callers may send; an account's id is 128 characters at most.</summary>
    public const int MaxIdentifierBytes = 1024;

    /// <summary>Of the text: its bytes, or its tokens where there is a counter.</summary>
    public long Bytes { get; private set; }
    public int Messages { get; private set; }
    public int Images { get; private set; }
    public int Audios { get; private set; }
    public int Files { get; private set; }

    /// <summary>Messages, input items, or an input that is plain text or token ids.</summary>
    public void Items(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            Messages++;
            Content(ref reader);
            return;
        }

        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            Messages += reader.TokenType is JsonTokenType.StartObject ? 1 : 0;
            Content(ref reader);
        }
    }

    /// <summary>A completions prompt: a string, strings, token ids, or lists of token ids.</summary>
    /// <returns>How many prompts it is; each is answered.</returns>
    public long Prompt(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject)
        {
            // A stored prompt of the responses API: its variables are put into its text.
            Unknown(ref reader);
            return 1;
        }

        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            Content(ref reader);
            return 1;
        }

        var prompts = 0L;
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            prompts += reader.TokenType is JsonTokenType.Number ? 0 : 1;
            Content(ref reader);
        }

        return Math.Max(1, prompts);
    }

    /// <summary>A string, a token id, a part, or a list of any of them.</summary>
    public void Content(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                Bytes += Measure(ref reader);
                break;
            case JsonTokenType.Number:
                Bytes++;
                break;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
                {
                    Content(ref reader);
                }

                break;
            case JsonTokenType.StartObject:
                Piece(ref reader);
                break;
        }
    }

    /// <summary>A definition that the provider turns into text by its own rules: its JSON as it stands.</summary>
    public void Raw(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Null)
        {
            return;
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        var text = _json[start..(int)reader.BytesConsumed];
        Bytes += _counter is null ? text.Length : _counter.Count(text);
    }

    /// <summary>The responses API's <c>text</c> option, of which the model reads the format.</summary>
    public void TextOptions(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            Content(ref reader);
            return;
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isFormat = JsonText.Key(ref reader).SequenceEqual("format"u8);
            reader.Read();
            if (isFormat)
            {
                Raw(ref reader);
            }

            reader.Skip();
        }
    }

    /// <summary>A message, an item, or a part of one. Its type may come last, so what is only text by its type waits until the end.</summary>
    private void Piece(ref Utf8JsonReader reader)
    {
        var kind = PieceKind.Untyped;
        var unknown = new RequestText(_json, _counter);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var key = PieceKeys.Of(JsonText.Key(ref reader));
            reader.Read();
            switch (key)
            {
                case PieceKey.Type:
                    kind = reader.TokenType is JsonTokenType.String ? PieceKeys.Kind(ref reader) : PieceKind.Unknown;
                    break;
                case PieceKey.Role:
                    kind = kind is PieceKind.Untyped ? PieceKind.Text : kind;
                    break;
                case PieceKey.Text:
                    Content(ref reader);
                    break;
                case PieceKey.Inline when reader.TokenType is JsonTokenType.StartObject:
                    Inline(ref reader);
                    break;
                case PieceKey.Inline or PieceKey.Unknown:
                    unknown.Unknown(ref reader);
                    break;
            }

            reader.Skip();
        }

        End(kind, unknown);
    }

    /// <summary>A file by its media type.</summary>
    private void Inline(ref Utf8JsonReader reader)
    {
        string? type = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isType = JsonText.Key(ref reader) is var key && (key.SequenceEqual("mimeType"u8) || key.SequenceEqual("mime_type"u8));
            reader.Read();
            type = isType ? JsonText.Name(ref reader) : type;
            reader.Skip();
        }

        switch (type?.Split('/')[0].ToLowerInvariant())
        {
            case "image": Images++; break;
            case "audio": Audios++; break;
            default: Files++; break;
        }
    }

    /// <summary>The string that the reader stands on.</summary>
    private readonly long Measure(ref Utf8JsonReader reader) =>
        _counter is null ? JsonText.Length(ref reader) : JsonText.Tokens(ref reader, _counter);

    private void End(PieceKind kind, RequestText unknown)
    {
        switch (kind)
        {
            case PieceKind.Image:
                Images++;
                break;
            case PieceKind.Audio:
                Audios++;
                break;
            case PieceKind.File:
                Files++;
                break;
            case PieceKind.Unknown or PieceKind.Untyped:
                Bytes += unknown.Bytes;
                Files += unknown.Files;
                break;
        }
    }

    /// <summary>All strings in here are text, but base64, which counts as a file.</summary>
    private void Unknown(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        do
        {
            if (reader.TokenType is JsonTokenType.String && reader.ValueSpan.StartsWith("data:"u8))
            {
                Files++;
            }
            else if (reader.TokenType is JsonTokenType.String)
            {
                Bytes += Measure(ref reader);
            }
        }
        while (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray || reader.CurrentDepth > depth ? reader.Read() : false);
    }
}
