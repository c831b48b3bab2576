namespace AiGateway.Usage;

/// <summary>Bytes kept between two pieces of a stream: appended behind, taken off in front.</summary>
internal sealed class ByteBuffer
{
    /// <summary>An emptied buffer keeps at most this much: thousands of open streams must not each keep the size of their largest event.</summary>
    private const int KeptCapacity = 64 * 1024;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var needed = Length + bytes.Length;
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, Math.Max(256, 2 * _bytes.Length)));
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length = needed;
    }

    /// <summary>Takes <paramref name="count"/> bytes off the front.</summary>
    public void Consume(int count)
    {
        if (count == Length)
        {
            Clear();
            return;
        }

        _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
        Length -= count;
    }

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptCapacity)
        {
            _bytes = [];
        }
    }
}
