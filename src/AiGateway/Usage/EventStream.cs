namespace AiGateway.Usage;

/// <summary>
/// Cuts a stream of server-sent events into events, pushed in pieces of any size. Every byte is looked at once.
/// Takes LF, CRLF and bare CR, a byte order mark, several data lines, comments, and an end without a blank line.
/// A long event is not kept: its data is handed on in parts as it comes.
/// </summary>
/// <param name="onPart">Takes the data of a long event, part by part, in order.</param>
internal sealed class EventStream(EventStream.EventHandler onEvent, EventStream.PartHandler onPart)
{
    /// <summary>Largest event kept whole, in bytes: most are a few hundred. Finished pictures are megabytes of base64.</summary>
    public const int MaxEventBytes = 64 * 1024;

    /// <param name="name">The event's name; empty where it has none.</param>
    /// <param name="data">Its data lines, joined with \n; of a long event, nothing. Valid during the call only.</param>
    public delegate void EventHandler(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data);

    public delegate void PartHandler(ReadOnlySpan<byte> data);

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private static ReadOnlySpan<byte> DataField => "data:"u8;

    /// <summary>What becomes of the line that is being read: kept until its end, handed on, or of no interest.</summary>
    private enum LineState { Kept, HandedOn, Dropped }

    private readonly ByteBuffer _line = new();
    private readonly ByteBuffer _data = new();
    private readonly ByteBuffer _name = new();
    private LineState _state;
    private bool _hasData;
    private bool _isLong;
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
        if (_line.Length > 0 || _state is not LineState.Kept)
        {
            EndLine(default);
        }

        EndEvent();
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (_state is LineState.HandedOn)
        {
            onPart(part);
        }
        else if (_state is LineState.Kept)
        {
            _line.Append(part);
            if (_line.Length > MaxEventBytes)
            {
                LetGo();
            }
        }
    }

    /// <summary>The line is too long to be kept: data goes on in parts, anything else is nobody's.</summary>
    private void LetGo()
    {
        var line = WithoutMark(_line.Span);
        _state = LineState.Dropped;
        if (line.StartsWith(DataField))
        {
            _state = LineState.HandedOn;
            Data(Value(line, DataField.Length), isLong: true);
        }

        _line.Clear();
    }

    private void EndLine(ReadOnlySpan<byte> rest)
    {
        if (_state is LineState.Kept && _line.Length == 0)
        {
            Line(rest);
            return;
        }

        Keep(rest);
        if (_state is LineState.Kept)
        {
            Line(_line.Span);
        }

        _line.Clear();
        _state = LineState.Kept;
    }

    private void Line(ReadOnlySpan<byte> line)
    {
        line = WithoutMark(line);
        if (line.IsEmpty)
        {
            EndEvent();
        }
        else if (line[0] != (byte)':')
        {
            Field(line);
        }
    }

    private ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> line)
    {
        var isFirst = !_isPastFirstLine;
        _isPastFirstLine = true;
        return isFirst && line.StartsWith(ByteOrderMark) ? line[ByteOrderMark.Length..] : line;
    }

    private void Field(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        var field = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? default : Value(line, colon + 1);

        if (field.SequenceEqual("data"u8))
        {
            Data(value, isLong: _isLong || _data.Length + value.Length > MaxEventBytes);
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

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, int at) => line[at..].StartsWith(" "u8) ? line[(at + 1)..] : line[at..];

    private void Data(ReadOnlySpan<byte> value, bool isLong)
    {
        if (_hasData)
        {
            _data.Append("\n"u8);
        }

        _hasData = true;
        if (!isLong)
        {
            _data.Append(value);
            return;
        }

        _isLong = true;
        onPart(_data.Span);
        onPart(value);
        _data.Clear();
    }

    private void EndEvent()
    {
        if (_hasData)
        {
            onEvent(_name.Span, _data.Span);
        }

        _data.Clear();
        _hasData = false;
        _isLong = false;
        _name.Clear();
    }
}
