using System.Text;
using System.Text.Json;

namespace AiGateway.ConfigFiles;

/// <summary>Reads JSON (comments and trailing commas allowed) into nodes that know their line and column.</summary>
internal ref struct ConfigTree
{
    // Deeper than any of our files, and shallow enough for the recursion below.
    private const int DeepestNesting = 32;

    private readonly ReadOnlySpan<byte> _json;
    private readonly List<int> _lineStarts;
    private readonly ConfigProblems _problems;
    private Utf8JsonReader _reader;

    private ConfigTree(ReadOnlySpan<byte> json, ConfigProblems problems)
    {
        _json = json;
        _problems = problems;
        _lineStarts = LineStarts(json);
        _reader = new Utf8JsonReader(json, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = DeepestNesting,
        });
    }

    /// <summary>The document's root object; null where it is not one, with the reason among the problems.</summary>
    public static ConfigNode? Read(ReadOnlySpan<byte> utf8, ConfigProblems problems)
    {
        var json = utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
        try
        {
            return new ConfigTree(json, problems).Root();
        }
        catch (JsonException exception)
        {
            var place = new ConfigPlace(checked((int)(exception.LineNumber ?? 0) + 1), checked((int)(exception.BytePositionInLine ?? 0) + 1));
            problems.Error(place, "", "not valid JSON: " + WithoutPosition(exception.Message));
            return null;
        }
    }

    private ConfigNode? Root()
    {
        _reader.Read();
        var root = Value("");
        while (_reader.Read()) { }
        if (root.Kind == ConfigKind.Object) return root;
        _problems.Error(root, "the file must hold one JSON object");
        return null;
    }

    private ConfigNode Value(string path)
    {
        var place = Place();
        return _reader.TokenType switch
        {
            JsonTokenType.StartObject => new(ConfigKind.Object, "", place, path) { Members = Members(path) },
            JsonTokenType.StartArray => new(ConfigKind.Array, "", place, path) { Items = Items(path) },
            JsonTokenType.String => new(ConfigKind.String, Text(), place, path),
            JsonTokenType.Number => new(ConfigKind.Number, Encoding.UTF8.GetString(_reader.ValueSpan), place, path),
            JsonTokenType.True or JsonTokenType.False => new(ConfigKind.Boolean, _reader.TokenType == JsonTokenType.True ? "true" : "false", place, path),
            _ => new(ConfigKind.Null, "", place, path),
        };
    }

    private List<ConfigMember> Members(string path)
    {
        var members = new List<ConfigMember>();
        var seen = new Dictionary<string, ConfigPlace>(StringComparer.OrdinalIgnoreCase);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var (place, name) = (Place(), Text());
            var inner = path.Length == 0 ? name : $"{path}.{name}";
            if (!seen.TryAdd(name, place)) _problems.Error(place, inner, $"\"{name}\" stands here twice, first on line {seen[name].Line}");
            _reader.Read();
            members.Add(new ConfigMember(name, place, Value(inner)));
        }
        return members;
    }

    private List<ConfigNode> Items(string path)
    {
        var items = new List<ConfigNode>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray) items.Add(Value($"{path}[{items.Count}]"));
        return items;
    }

    private string Text()
    {
        try
        {
            return _reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8: the reader says so only when asked for the text.
            _problems.Error(Place(), "", "this text is not valid UTF-8");
            return "";
        }
    }

    private readonly ConfigPlace Place()
    {
        var at = checked((int)_reader.TokenStartIndex);
        var found = _lineStarts.BinarySearch(at);
        var line = found >= 0 ? found : ~found - 1;
        return new ConfigPlace(line + 1, Encoding.UTF8.GetCharCount(_json[_lineStarts[line]..at]) + 1);
    }

    private static List<int> LineStarts(ReadOnlySpan<byte> json)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < json.Length; i++)
            if (json[i] == '\n') starts.Add(i + 1);
        return starts;
    }

    private static string WithoutPosition(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
