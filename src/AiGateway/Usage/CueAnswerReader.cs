using System.Globalization;
using System.Text;

namespace AiGateway.Usage;

/// <summary>Reads a transcript that is plain text, SubRip or WebVTT: how much text it is, and when its last cue ends.</summary>
internal sealed class CueAnswerReader : AnswerReader
{
    /// <summary>A line of times is 30 characters and a few settings; of a longer line the rest is text.</summary>
    private const int MaxLineBytes = 256;

    /// <summary>A cue may end so late, in hours; times beyond are no times.</summary>
    private const int MaxHours = 1000;

    private readonly ByteBuffer _line = new();
    private long _lineBytes;
    private long _textBytes;
    private long? _lastEnd;

    public override UsageReport Report => new() { OutputTextBytes = _textBytes, CueMilliseconds = _lastEnd };

    public override void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            var part = end < 0 ? bytes : bytes[..end];
            _line.Append(part[..Math.Min(part.Length, MaxLineBytes - _line.Length)]);
            _lineBytes += part.Length;
            if (end < 0)
            {
                return;
            }

            EndLine();
            bytes = bytes[(end + 1)..];
        }
    }

    public override void Complete() => EndLine();

    private void EndLine()
    {
        var line = Encoding.UTF8.GetString(_line.Span);
        var arrow = line.IndexOf("-->", StringComparison.Ordinal);
        if (arrow >= 0 && Milliseconds(line[(arrow + 3)..].Trim().Split(' ')[0]) is { } end)
        {
            _lastEnd = Math.Max(_lastEnd ?? 0, end);
        }
        else if (!line.StartsWith("WEBVTT", StringComparison.Ordinal) && !line.All(char.IsAsciiDigit))
        {
            _textBytes += _lineBytes;
        }

        _line.Clear();
        _lineBytes = 0;
    }

    /// <param name="time">00:00:02,000 or 00:02.000.</param>
    private static long? Milliseconds(string time)
    {
        var parts = time.Replace(',', '.').Split(':');
        if (parts.Length is not (2 or 3) || !decimal.TryParse(parts[^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return null;
        }

        var isTime = Whole(parts[^2], out var minutes) & Whole(parts.Length == 3 ? parts[0] : "0", out var hours);
        return isTime && hours <= MaxHours && minutes < 60 && seconds < 60 ? (((hours * 60L) + minutes) * 60_000) + (long)decimal.Ceiling(seconds * 1000) : null;
    }

    private static bool Whole(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
