using System.Globalization;
using System.Text.Json;
using AiGateway.Accounts;
using AiGateway.Api;

namespace AiGateway.Hosting.Commands;

/// <summary>A file to import, line by line; keeps everything that is wrong with it, so that all of it is told at once.</summary>
internal sealed class ImportFile
{
    /// <summary>A gigabyte of text takes several of memory; what is larger is cut into files by user.</summary>
    private const long LargestFile = 1L << 30;

    private readonly string _path;
    private readonly List<(int Line, string Text)> _problems = [];

    private ImportFile(string path, IReadOnlyList<CsvLine> lines) => (_path, Lines) = (path, lines);

    public IReadOnlyList<CsvLine> Lines { get; }

    public IReadOnlyList<string> Problems => [.. _problems.OrderBy(problem => problem.Line).Select(problem => $"{_path}({problem.Line}): {problem.Text}")];

    /// <param name="required">Columns that the head must name.</param>
    /// <param name="optional">Columns that it may name; others are mistakes.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static async Task<ImportFile> ReadAsync(string path, string[] required, string[] optional, CancellationToken cancel)
    {
        if (new FileInfo(path) is { Exists: true, Length: > LargestFile })
            throw new IOException($"{path} is larger than {LargestFile} bytes: cut it into files by user.");
        IReadOnlyList<string> head = [];
        var file = new ImportFile(path, []);
        try
        {
            (head, var lines) = CsvText.Read(await File.ReadAllTextAsync(path, cancel));
            file = new ImportFile(path, lines);
        }
        catch (FormatException open)
        {
            file.Problem(1, open.Message);
            return file;
        }
        file.CheckHead(head, required, [.. required, .. optional]);
        foreach (var line in file.Lines.Where(line => line.FieldCount != head.Count))
            file.Problem(line.Number, $"has {line.FieldCount} fields, the head {head.Count}");
        return file;
    }

    public void Problem(int line, string text) => _problems.Add((line, text));

    public string User(CsvLine line)
    {
        var user = line["user_id"];
        if (UserIds.Check(user) is { } why)
            Problem(line.Number, $"user_id {why}");
        return user ?? "";
    }

    public string? Text(CsvLine line, string column, int longest)
    {
        var text = line[column];
        if (text is null || text.Length <= longest && !text.Any(char.IsControl))
            return text;
        Problem(line.Number, $"{column} must have at most {longest} characters, and no control characters");
        return null;
    }

    /// <returns>0 where there is none, or it is wrong.</returns>
    public long Whole(CsvLine line, string column, long least, bool isRequired = false)
    {
        if (line[column] is not { } text)
        {
            if (isRequired)
                Problem(line.Number, $"{column} is missing");
            return 0;
        }
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= AdminGrants.MaxTokens)
            return value;
        Problem(line.Number, $"{column} is \"{text}\", not a whole number from {least} to {AdminGrants.MaxTokens}");
        return 0;
    }

    public string? Metadata(CsvLine line)
    {
        if (line["metadata"] is not { } text)
            return null;
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                return text;
        }
        catch (JsonException)
        {
            // Said below, with its line.
        }
        Problem(line.Number, "metadata is not a JSON object");
        return null;
    }

    private void CheckHead(IReadOnlyList<string> head, string[] required, string[] known)
    {
        foreach (var name in required.Where(name => !head.Contains(name)))
            Problem(1, $"the head has no column \"{name}\"");
        foreach (var name in head.Where(name => !known.Contains(name)))
            Problem(1, $"unknown column \"{name}\"{ConfigFiles.DidYouMean.HintOrList(name, known)}");
        foreach (var name in head.GroupBy(name => name).Where(group => group.Count() > 1))
            Problem(1, $"the column \"{name.Key}\" stands here twice");
    }
}
