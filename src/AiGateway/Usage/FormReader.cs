using System.Globalization;
using System.Text;

namespace AiGateway.Usage;

/// <summary>
/// Watches a multipart form go by, in pieces of any size: keeps its few small fields, counts its files. Fields may stand behind the files.
/// What is no form is not read on; never throws on any bytes.
/// </summary>
internal sealed class FormReader
{
    /// <summary>Names, sizes and the like; of a longer field, such as a prompt, only the length matters.</summary>
    private const int MaxFieldBytes = 1024;

    /// <summary>A part's headers are two lines.</summary>
    private const int MaxHeaderBytes = 16 * 1024;

    private enum State { Body, Delimiter, Headers, Over }

    private static readonly string[] Names = ["model", "size", "quality", "n", "stream", "user", "safety_identifier"];

    private readonly ByteBuffer _unread = new();
    private readonly ByteBuffer _field = new();
    private readonly byte[] _delimiter;
    private readonly Dictionary<string, string> _fields = [];
    private State _state;
    private string _name = "";
    private bool _isFile;
    private long _textBytes;
    private long _fileBytes;
    private int _images;
    // The delimiter that was put in front is no part of the form.
    private long _position = -2;
    private long _contentStart;
    private Stretch? _modelPlace;
    private int _models;

    /// <param name="boundary">As the content type names it, without quotes.</param>
    public FormReader(string boundary)
    {
        _delimiter = Encoding.UTF8.GetBytes($"\r\n--{boundary}");
        // The first delimiter may stand at the very beginning.
        _unread.Append("\r\n"u8);
    }

    /// <summary>A file has begun, or the form is over: what stands in front of the files is known.</summary>
    public bool KnowsLeadingFields => _isFile || _fileBytes > 0 || _state is State.Over;

    public RequestFacts Facts => new()
    {
        Model = Field("model"), ModelPlace = Field("model") is null ? null : _modelPlace, NamesTwoModels = _models > 1, ImageSize = Field("size"), ImageQuality = Field("quality"), User = Field("user"), SafetyIdentifier = Field("safety_identifier"),
        Stream = "true".Equals(Field("stream"), StringComparison.OrdinalIgnoreCase),
        Choices = int.TryParse(Field("n"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? Math.Clamp(n, 1, RequestReader.MaxChoices) : 1,
        TextBytes = _textBytes, ImageParts = _images, FileBytes = _fileBytes, IsForm = true,
    };

    public void Push(ReadOnlySpan<byte> bytes)
    {
        if (_state is State.Over)
        {
            return;
        }

        _unread.Append(bytes);
        while (_state switch { State.Body => Body(), State.Delimiter => Delimiter(), State.Headers => Headers(), _ => false })
        {
            // Each step takes what it can off what is unread.
        }
    }

    private string? Field(string name) => _fields.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <returns>True where there may be more to do with what is there.</returns>
    private bool Body()
    {
        var end = _unread.Span.IndexOf(_delimiter);
        var length = end >= 0 ? end : Math.Max(0, _unread.Length - _delimiter.Length + 1);
        Content(_unread.Span[..length]);
        var contentEnd = _position + length;
        Take(end >= 0 ? end + _delimiter.Length : length);
        if (end < 0)
        {
            return false;
        }

        EndPart(contentEnd);
        _state = State.Delimiter;
        return true;
    }

    private bool Delimiter()
    {
        if (_unread.Length < 2)
        {
            return false;
        }

        var isLast = _unread.Span.StartsWith("--"u8);
        var lineEnd = _unread.Span.IndexOf((byte)'\n');
        if (!isLast && lineEnd < 0)
        {
            return _unread.Length > MaxHeaderBytes && GiveUp();
        }

        Take(isLast ? _unread.Length : lineEnd + 1);
        _state = isLast ? State.Over : State.Headers;
        return !isLast;
    }

    private bool Headers()
    {
        // A blank line at once: a part without headers.
        var end = _unread.Span.StartsWith("\r\n"u8) ? 0 : _unread.Span.IndexOf("\r\n\r\n"u8) + 2;
        if (_unread.Length < 2 || end == 1)
        {
            return _unread.Length > MaxHeaderBytes && GiveUp();
        }

        Begin(Encoding.UTF8.GetString(_unread.Span[..end]));
        Take(end + 2);
        _contentStart = _position;
        _state = State.Body;
        return true;
    }

    private bool GiveUp()
    {
        _unread.Clear();
        _state = State.Over;
        return false;
    }

    private void Begin(string headers)
    {
        var disposition = headers.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Disposition:", StringComparison.OrdinalIgnoreCase)) ?? "";
        _name = Parameter(disposition, "name") ?? "";
        _isFile = Parameter(disposition, "filename") is not null || Parameter(disposition, "filename*") is not null;
        _images += _isFile && _name.StartsWith("image", StringComparison.Ordinal) ? 1 : 0;
    }

    private void Content(ReadOnlySpan<byte> bytes)
    {
        if (_isFile)
        {
            _fileBytes += bytes.Length;
        }
        else if (_name is "prompt")
        {
            _textBytes += bytes.Length;
        }
        else
        {
            _field.Append(bytes[..Math.Min(bytes.Length, MaxFieldBytes + 1 - _field.Length)]);
        }
    }

    private void Take(int count)
    {
        _unread.Consume(count);
        _position += count;
    }

    /// <summary>Of fields that are sent twice the last one counts.</summary>
    /// <param name="contentEnd">Where its content ended, from the form's beginning.</param>
    private void EndPart(long contentEnd)
    {
        if (!_isFile && _name is "model")
        {
            _models++;
            _modelPlace = contentEnd <= int.MaxValue ? new Stretch((int)_contentStart, (int)(contentEnd - _contentStart)) : null;
        }

        if (!_isFile && _field.Length <= MaxFieldBytes && Names.Contains(_name, StringComparer.Ordinal))
        {
            _fields[_name] = Encoding.UTF8.GetString(_field.Span).Trim();
        }

        _field.Clear();
        (_name, _isFile) = ("", false);
    }

    private static string? Parameter(string disposition, string name)
    {
        foreach (var part in disposition.Split(';').Skip(1))
        {
            var pair = part.Split('=', 2);
            if (pair.Length == 2 && pair[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return pair[1].Trim().Trim('"');
            }
        }

        return null;
    }
}
