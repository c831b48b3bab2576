using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>
/// Feeds one JSON document, pushed in pieces of any size, to a grammar as it comes. Keeps only the token that is not whole yet,
/// and of a long string only its beginning: finished pictures are single strings of many megabytes.
/// </summary>
internal sealed class JsonBody(JsonGrammar grammar)
{
    /// <summary>Largest single token kept, in bytes; strings are cut long before. Only blanks without end come here, and are not read on.</summary>
    public const int MaxTokenBytes = 1024 * 1024;

    /// <summary>Small answers are read in one go.</summary>
    private const int FirstReadBytes = 16 * 1024;

    private readonly ByteBuffer _unread = new();
    private readonly LongString _strings = new();
    private JsonReaderState _state = new(JsonGrammar.ReaderOptions);
    private int _readAt = FirstReadBytes;
    private bool _isPastStart;
    private bool _isOver;

    public void Push(ReadOnlySpan<byte> bytes)
    {
        while (!_isOver && !bytes.IsEmpty)
        {
            var taken = _strings.Take(bytes, out var kept);
            _unread.Append(bytes[..kept]);
            bytes = bytes[taken..];
            if (_strings.HasBegunCut)
            {
                // What was left out belongs to the one token that is left then.
                Read(isFinal: false);
            }

            if (!_isOver && _strings.HasEndedCut)
            {
                _unread.Append("\""u8);
                grammar.OmittedBytes = _strings.OmittedBytes;
                Read(isFinal: false);
                grammar.OmittedBytes = 0;
            }
        }

        if (!_isOver && _unread.Length >= _readAt)
        {
            Read(isFinal: false);
        }
    }

    public void Complete()
    {
        if (!_isOver)
        {
            Read(isFinal: true);
            Stop();
        }
    }

    private void Read(bool isFinal)
    {
        SkipByteOrderMark();
        try
        {
            var reader = new Utf8JsonReader(_unread.Span, isFinal, _state);
            while (!grammar.IsWhole && reader.Read())
            {
                grammar.Token(ref reader);
            }

            _state = reader.CurrentState;
            _unread.Consume((int)reader.BytesConsumed);
        }
        catch (JsonException)
        {
            // No JSON, or cut short: what was seen so far stands.
            Stop();
            return;
        }

        if (grammar.IsWhole || _unread.Length > MaxTokenBytes)
        {
            Stop();
        }

        // A long token is looked at again only when twice as much of it is there: each byte costs the same however small the pieces.
        _readAt = Math.Max(FirstReadBytes, 2 * _unread.Length);
    }

    private void SkipByteOrderMark()
    {
        if (!_isPastStart && _unread.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            _unread.Consume(3);
        }

        _isPastStart = true;
    }

    private void Stop()
    {
        _isOver = true;
        _unread.Clear();
    }
}
