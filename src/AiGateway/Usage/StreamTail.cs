using System.Buffers;

namespace AiGateway.Usage;

/// <summary>
/// Keeps back the end of an event stream, from the event <c>[DONE]</c> on, so that a last word can be put before it; everything else passes at once.
/// Beginnings that may still turn out to be that event wait for their next bytes.
/// </summary>
internal sealed class StreamTail
{
    /// <summary>What follows [DONE] is nothing or a few bytes; of what is more, the rest is nobody's last word and passes.</summary>
    public const int MaxHeldBytes = 64 * 1024;

    private static ReadOnlySpan<byte> Field => "data:"u8;
    private static ReadOnlySpan<byte> Mark => "[DONE]"u8;

    private readonly ByteBuffer _held = new();
    private int _lineStart;
    private bool _passesToEventEnd;
    private bool _passesForGood;
    private bool _lineHasBytes;
    private byte _last = (byte)'\n';

    /// <summary>The stream's own line end; LF until one was seen.</summary>
    private bool _usesCarriageReturn;

    /// <summary>[DONE] is here.</summary>
    private bool _isDone;

    public void Push(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        for (var at = 0; at < bytes.Length; at++)
        {
            if (_isDone || _passesForGood)
            {
                Keep(bytes[at..], output);
                return;
            }

            Take(bytes[at], output);
        }
    }

    /// <summary>The stream has ended, and here is its end: the last word first, then [DONE] with what followed it.</summary>
    /// <param name="comment">Text of one comment line; null: none came in time.</param>
    public void Finish(string? comment, IBufferWriter<byte> output)
    {
        _isDone = _isDone || IsDone(Line);
        if (!_isDone)
        {
            Flush(output);
        }

        if (comment is not null && !_passesForGood)
        {
            Write(comment, output);
        }

        Flush(output);
    }

    private ReadOnlySpan<byte> Line => _held.Span[_lineStart..];

    private void Take(byte next, IBufferWriter<byte> output)
    {
        var isSecondHalf = next == (byte)'\n' && _last == (byte)'\r';
        var endsLine = next is (byte)'\n' or (byte)'\r';
        _usesCarriageReturn |= isSecondHalf;
        _last = next;
        if (!endsLine)
        {
            _lineHasBytes = true;
            Add(next, output);
            _passesToEventEnd = _passesToEventEnd || !MayBeDone(Line) || _held.Length > MaxHeldBytes;
            Pass(output);
            return;
        }

        _isDone = !_passesToEventEnd && IsDone(Line);
        Add(next, output);
        if (!_isDone && !isSecondHalf && !_lineHasBytes)
        {
            _passesToEventEnd = false;
            Flush(output);
        }

        if (!_isDone && isSecondHalf && _held.Length == 1)
        {
            // The blank line's other half.
            Flush(output);
        }

        _lineHasBytes = false;
        _lineStart = _held.Length;
    }

    private void Add(byte next, IBufferWriter<byte> output)
    {
        _held.Append([next]);
        Pass(output);
    }

    private void Pass(IBufferWriter<byte> output)
    {
        if (_passesToEventEnd)
        {
            Flush(output);
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        _held.Append(bytes);
        _passesForGood |= _held.Length > MaxHeldBytes;
        if (_passesForGood)
        {
            Flush(output);
        }
    }

    private void Flush(IBufferWriter<byte> output)
    {
        output.Write(_held.Span);
        _held.Clear();
        _lineStart = 0;
    }

    /// <summary>On a line of its own, with a blank line behind it.</summary>
    private void Write(string comment, IBufferWriter<byte> output)
    {
        var lineEnd = _usesCarriageReturn ? "\r\n" : "\n";
        var before = _isDone || _last is (byte)'\n' or (byte)'\r' ? "" : lineEnd;
        output.Write(System.Text.Encoding.UTF8.GetBytes($"{before}: {comment}{lineEnd}{lineEnd}"));
    }

    /// <summary>A line that says other data decides for its event; lines of other fields do not.</summary>
    private static bool MayBeDone(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(Field))
        {
            return true;
        }

        var data = line[Field.Length..].TrimStart((byte)' ');
        return Mark.StartsWith(data) || IsDone(line);
    }

    private static bool IsDone(ReadOnlySpan<byte> line) => line.StartsWith(Field) && line[Field.Length..].Trim((byte)' ').SequenceEqual(Mark);
}
