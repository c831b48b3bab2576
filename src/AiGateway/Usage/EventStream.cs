namespace AiGateway.Usage;

/// <summary>
/// Cuts a stream of server-sent events into events, pushed in pieces of any size. Every byte is looked at once.
/// Takes LF, CRLF and bare CR, a byte order mark, several data lines, comments, and an end without a blank line.
/// </summary>
internal sealed class EventStream(EventStream.EventHandler onEvent)
{
    /// <summary>Largest event kept, in bytes. Finished image answers repeat megabytes of base64; what is above this is skipped, not kept.</summary>
    public const int MaxEventBytes = 16 * 1024 * 1024;

    /// <param name="name">The event's name; empty where it has none.</param>
    /// <param name="data">Its data lines, joined with \n. Valid during the call only.</param>
    public delegate void EventHandler(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data);

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly ByteBuffer _line = new();
    private readonly ByteBuffer _data = new();
    private readonly ByteBuffer _name = new();
    private bool _hasData;
    private bool _skipsEvent;
    private bool _afterCarriageReturn;
    private bool _isPastFirstLine;

    public void Push(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_afterCarriageReturn && bytes[0] == (byte)'\n')
            {
                bytes = bytes[1..];
            }

            _afterCarriageReturn = false;
            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                Keep(bytes);
                return;
            }

            EndLine(bytes[..end]);
            _afterCarriageReturn = bytes[end] == (byte)'\r';
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>The stream has ended: an event without its blank line still counts.</summary>
    public void Complete()
    {
        if (_line.Length > 0)
        {
            EndLine(default);
        }

        EndEvent();
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (_skipsEvent || _line.Length + _data.Length + part.Length > MaxEventBytes)
        {
            // One byte stands for the line, so that it does not look blank.
            Skip();
            _line.Append("?"u8);
            return;
        }

        _line.Append(part);
    }

    private void EndLine(ReadOnlySpan<byte> rest)
    {
        if (_line.Length == 0)
        {
            Line(rest);
            return;
        }

        Keep(rest);
        Line(_line.Span);
        _line.Clear();
    }

    private void Line(ReadOnlySpan<byte> line)
    {
        if (!_isPastFirstLine)
        {
            _isPastFirstLine = true;
            line = line.StartsWith(ByteOrderMark) ? line[ByteOrderMark.Length..] : line;
        }

        if (line.IsEmpty)
        {
            EndEvent();
        }
        else if (!_skipsEvent && line[0] != (byte)':')
        {
            Field(line);
        }
    }

    private void Field(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        var field = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? default : line[(colon + 1)..];
        value = value.StartsWith(" "u8) ? value[1..] : value;

        if (field.SequenceEqual("data"u8))
        {
            Data(value);
        }
        else if (field.SequenceEqual("event"u8))
        {
            _name.Clear();
            _name.Append(value[..Math.Min(value.Length, JsonText.MaxNameBytes)]);
        }
        else if (field.SequenceEqual("error"u8))
        {
            // Not in the standard: GPUStack writes its error as a field of its own.
            onEvent("error"u8, value);
        }
    }

    private void Data(ReadOnlySpan<byte> value)
    {
        if (_data.Length + value.Length >= MaxEventBytes)
        {
            Skip();
            return;
        }

        if (_hasData)
        {
            _data.Append("\n"u8);
        }

        _hasData = true;
        _data.Append(value);
    }

    private void Skip()
    {
        _skipsEvent = true;
        _line.Clear();
        _data.Clear();
    }

    private void EndEvent()
    {
        if (_hasData && !_skipsEvent)
        {
            onEvent(_name.Span, _data.Span);
        }

        _data.Clear();
        _hasData = false;
        _skipsEvent = false;
        _name.Clear();
    }
}
