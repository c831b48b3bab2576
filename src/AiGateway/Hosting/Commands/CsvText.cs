using System.Text;

namespace AiGateway.Hosting.Commands;

/// <summary>One line of a CSV file by the names in its head. A field that is not there, or is empty, is null.</summary>
internal sealed class CsvLine(int number, IReadOnlyDictionary<string, int> columns, IReadOnlyList<string> fields)
{
    /// <summary>The line in the file where it begins, from 1.</summary>
    public int Number => number;

    public int FieldCount => fields.Count;

    public string? this[string column] => columns.TryGetValue(column, out var at) && at < fields.Count && fields[at].Trim() is { Length: > 0 } text ? text : null;
}

/// <summary>Comma-separated values as RFC 4180 has them: quoted fields may hold commas, line ends and doubled quotes.</summary>
internal static class CsvText
{
    /// <summary>The columns of the head, and the lines below it; empty lines are passed over.</summary>
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static (IReadOnlyList<string> Head, IReadOnlyList<CsvLine> Lines) Read(string text)
    {
        var records = Records(text.TrimStart('\uFEFF')).ToList();
        if (records.Count == 0)
            return ([], []);
        var head = records[0].Fields.Select(name => name.Trim().ToLowerInvariant()).ToArray();
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < head.Length; i++)
            columns.TryAdd(head[i], i);
        return (head, [.. records.Skip(1).Select(record => new CsvLine(record.Line, columns, record.Fields))]);
    }

    private static IEnumerable<(int Line, List<string> Fields)> Records(string text)
    {
        int at = 0, line = 1;
        while (at < text.Length)
        {
            var (start, fields, isMore) = (line, new List<string>(), true);
            while (isMore)
                fields.Add(Next(text, ref at, ref line, out isMore));
            if (fields.Count > 1 || fields[0].Length > 0)
                yield return (start, fields);
        }
    }

    /// <summary>Reads one field and the comma or line end behind it; behind a comma there is another field, be it empty.</summary>
    private static string Next(string text, ref int at, ref int line, out bool isMore)
    {
        var field = new StringBuilder();
        if (at < text.Length && text[at] == '"')
            ReadQuoted(text, ref at, ref line, field);
        while (at < text.Length && text[at] is not (',' or '\n'))
            field.Append(text[at++]);
        isMore = at < text.Length && text[at] == ',';
        if (at < text.Length && text[at++] == '\n')
            line++;
        return field.ToString().TrimEnd('\r');
    }

    private static void ReadQuoted(string text, ref int at, ref int line, StringBuilder field)
    {
        var opened = line;
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"' && (at + 1 == text.Length || text[at + 1] != '"'))
            {
                at++;
                return;
            }
            if (text[at] == '"')
                at++;
            if (text[at] == '\n')
                line++;
            field.Append(text[at]);
        }
        throw new FormatException($"the quote that opens on line {opened} is not closed");
    }
}
