namespace AiGateway.Usage;

/// <summary>
/// Watches the frames that one end of a WebSocket sends (RFC 6455) go by, in pieces of any size, and puts text messages together
/// again. It changes nothing and never throws on what it sees; a message beyond the limit is passed over, and said to be.
/// </summary>
internal sealed class WebSocketMessages
{
    /// <summary>An event that repeats a whole answer, pictures and all, is smaller. Where one is not, whoever watches has lost count.</summary>
    public const int MessageLimit = 64 * 1024 * 1024;

    private const int TextOpcode = 1, ContinuationOpcode = 0, FirstControlOpcode = 8, MaskLength = 4;

    private readonly byte[] _header = new byte[14];
    private readonly byte[] _mask = new byte[MaskLength];
    private readonly ByteBuffer _message = new();
    private int _headerLength;
    private long _left;
    private long _offset;
    private int _opcode;
    private bool _isFinal, _isMasked, _isText, _isTooLong;

    /// <summary>A message was longer than anybody could read.</summary>
    public bool HasLost { get; private set; }

    public delegate void Message(ReadOnlySpan<byte> utf8);

    /// <summary>Nothing of a frame is outstanding: another frame may be put in between.</summary>
    public bool IsBetweenFrames => _headerLength == 0 && _left == 0;

    public void Push(ReadOnlySpan<byte> bytes, Message text)
    {
        while (bytes.Length > 0)
        {
            if (_left == 0 && !ReadHeader(ref bytes))
                return;
            var part = bytes[..(int)Math.Min(bytes.Length, _left)];
            Keep(part);
            bytes = bytes[part.Length..];
            _left -= part.Length;
            if (_left == 0)
                EndFrame(text);
        }
    }

    /// <returns>False: the header is not all there yet.</returns>
    private bool ReadHeader(ref ReadOnlySpan<byte> bytes)
    {
        while (_headerLength < 2 || _headerLength < HeaderSize())
        {
            if (bytes.Length == 0)
                return false;
            _header[_headerLength++] = bytes[0];
            bytes = bytes[1..];
        }
        BeginFrame();
        return true;
    }

    private int HeaderSize() => 2 + LengthSize() + ((_header[1] & 0x80) != 0 ? MaskLength : 0);

    private int LengthSize() => (_header[1] & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 };

    private void BeginFrame()
    {
        (_isFinal, _opcode, _isMasked, _offset) = ((_header[0] & 0x80) != 0, _header[0] & 0x0F, (_header[1] & 0x80) != 0, 0);
        _left = _header[1] & 0x7F;
        if (LengthSize() is > 0 and var size)
        {
            _left = 0;
            foreach (var part in _header.AsSpan(2, size))
                // The highest bit must be 0; a peer that sets it has no frame that anybody could read.
                _left = ((_left << 8) | part) & long.MaxValue;
        }
        if (_isMasked)
            _header.AsSpan(2 + LengthSize(), MaskLength).CopyTo(_mask);
        if (_opcode is TextOpcode or 2)
            (_isText, _isTooLong) = (_opcode == TextOpcode, false);
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (!_isText || _opcode >= FirstControlOpcode)
            return;
        _isTooLong |= _message.Length + (long)part.Length > MessageLimit;
        if (_isTooLong)
            _message.Clear();
        else if (_isMasked)
            KeepUnmasked(part);
        else
            _message.Append(part);
        _offset += part.Length;
    }

    private void KeepUnmasked(ReadOnlySpan<byte> part)
    {
        Span<byte> one = stackalloc byte[1];
        for (var at = 0; at < part.Length; at++)
        {
            one[0] = (byte)(part[at] ^ _mask[(int)((_offset + at) % MaskLength)]);
            _message.Append(one);
        }
    }

    private void EndFrame(Message text)
    {
        _headerLength = 0;
        if (!_isFinal || _opcode >= FirstControlOpcode)
            return;
        HasLost |= _isText && _isTooLong;
        if (_isText && !_isTooLong)
            text(_message.Span);
        _message.Clear();
        (_isText, _isTooLong) = (false, false);
    }
}
