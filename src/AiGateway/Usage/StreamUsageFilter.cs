using System.Buffers;

namespace AiGateway.Usage;

/// <summary>
/// Takes out of a chat or completions stream what include_usage added to it: the usage-only chunk, and "usage":null in the others.
/// Whole events pass untouched otherwise; usage beside content is never removed. What is held back is never more than one unfinished event.
/// </summary>
internal sealed class StreamUsageFilter
{
    /// <summary>Largest event held back, in bytes. Chunks with sound reach some 100 KB; what is above this passes as it is to its end.</summary>
    public const int MaxHeldBytes = 4 * 1024 * 1024;

    private readonly ByteBuffer _held = new();
    private bool _lineHasBytes;
    private bool _afterCarriageReturn;
    private bool _endedByCarriageReturn;
    private bool _wasDropped;
    private bool _passesToEventEnd;

    public void Push(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        while (!bytes.IsEmpty)
        {
            if (_endedByCarriageReturn && TakeLateLineFeed(ref bytes, output))
            {
                continue;
            }

            var end = EventEnd(bytes);
            if (end < 0)
            {
                Hold(bytes, output);
                return;
            }

            EndEvent(bytes[..end], output);
            bytes = bytes[end..];
        }
    }

    /// <summary>The stream has ended: an event without its blank line is filtered like any other, a torn one goes out as it is.</summary>
    public void Finish(IBufferWriter<byte> output)
    {
        EndEvent(default, output);
        _endedByCarriageReturn = false;
    }

    /// <summary>The line feed of a CRLF belongs to the event before it, and shares its fate.</summary>
    /// <returns>Whether there was one.</returns>
    private bool TakeLateLineFeed(ref ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        _endedByCarriageReturn = false;
        if (bytes[0] != (byte)'\n')
        {
            return false;
        }

        if (!_wasDropped)
        {
            output.Write(bytes[..1]);
        }

        bytes = bytes[1..];
        return true;
    }

    /// <returns>Where the event that is running ends in these bytes, behind its blank line; -1 where it does not.</returns>
    private int EventEnd(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (true)
        {
            var step = bytes[at..].IndexOfAny((byte)'\n', (byte)'\r');
            if (step != 0)
            {
                _lineHasBytes |= at < bytes.Length;
                _afterCarriageReturn &= at == bytes.Length;
            }

            if (step < 0)
            {
                return -1;
            }

            at += step + 1;
            if (EndsEvent(bytes[at - 1]))
            {
                return at;
            }
        }
    }

    /// <summary>Takes one line end, LF or CR.</summary>
    /// <returns>Whether the line was blank, and so ended the event.</returns>
    private bool EndsEvent(byte lineEnd)
    {
        var isSecondHalf = _afterCarriageReturn && lineEnd == (byte)'\n';
        var isBlank = !isSecondHalf && !_lineHasBytes;
        _endedByCarriageReturn = isBlank && lineEnd == (byte)'\r';
        _afterCarriageReturn = lineEnd == (byte)'\r' && !isBlank;
        _lineHasBytes = false;
        return isBlank;
    }

    private void Hold(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        if (!_passesToEventEnd && _held.Length + bytes.Length <= MaxHeldBytes)
        {
            _held.Append(bytes);
            return;
        }

        _passesToEventEnd = true;
        output.Write(_held.Span);
        output.Write(bytes);
        _held.Clear();
    }

    private void EndEvent(ReadOnlySpan<byte> rest, IBufferWriter<byte> output)
    {
        if (_passesToEventEnd || _held.Length + rest.Length > MaxHeldBytes)
        {
            output.Write(_held.Span);
            output.Write(rest);
            _wasDropped = false;
        }
        else if (_held.Length == 0)
        {
            _wasDropped = Filter(rest, output);
        }
        else
        {
            _held.Append(rest);
            _wasDropped = Filter(_held.Span, output);
        }

        _held.Clear();
        _passesToEventEnd = false;
        _lineHasBytes = false;
        _afterCarriageReturn = false;
    }

    /// <returns>Whether the event was dropped.</returns>
    private static bool Filter(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        var cut = UsageCut.Of(text);
        if (cut.IsWhole)
        {
            return true;
        }

        output.Write(text[..cut.At]);
        output.Write(text[(cut.At + cut.Length)..]);
        return false;
    }
}
