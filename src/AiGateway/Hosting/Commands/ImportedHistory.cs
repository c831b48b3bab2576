using System.Globalization;
using AiGateway.Api;
using AiGateway.Ledger;

namespace AiGateway.Hosting.Commands;

/// <summary>Makes one history an account of the lines of an exported token_transactions.</summary>
internal sealed class ImportedHistory(ImportFile file, IReadOnlyDictionary<string, long> balances, DateTimeOffset now)
{
    public static readonly string[] Required = ["user_id", "action_type", "tokens_used", "created_at"];

    public static readonly string[] Optional =
    [
        "id", "entry", "tokens_remaining", "estimated_cost_usd", "cost_nano_usd", "openai_model", "prompt_tokens", "completion_tokens", "cached_tokens",
        "reasoning_tokens", "usage_source", "request_id", "source_key", "price_version", "metadata", "seq",
    ];

    private const decimal NanoPerUsd = 1_000_000_000m, MostUsd = 9_999;

    /// <summary>As the columns of the table; ids share theirs with the source key's beginning.</summary>
    private const int LongestName = 64, LongestModel = 128, LongestId = 100;

    private static readonly string[] Removals = ["expiry", "refund", "dispute", "adjustment"];

    private sealed record Line(int Number, ImportedRow Row, long? Remaining, long Seq);

    public IReadOnlyList<ImportRequest> Read()
    {
        var users = file.Lines.Select(line => (User: file.User(line), Line: Row(line))).ToLookup(pair => pair.User, pair => pair.Line);
        return [.. users.Select(user => Account(user.Key, [.. user.OrderBy(line => line.Row.CreatedAtMs).ThenBy(line => line.Seq)]))];
    }

    public static string SourceKey(string user) => "import:" + user;

    private ImportRequest Account(string user, IReadOnlyList<Line> lines)
    {
        if (lines.Count > ImportMoves.MostRows)
            file.Problem(lines[ImportMoves.MostRows].Number, $"user {user} has {lines.Count} rows, more than {ImportMoves.MostRows}: import the newest, with their tokens_remaining");
        foreach (var twice in lines.GroupBy(line => line.Row.Key).SelectMany(group => group.Skip(1)))
            file.Problem(twice.Number, $"id {twice.Row.Key} stands here twice");
        foreach (var twice in lines.Where(line => line.Row is { RequestId: not null, Entry: "usage" }).GroupBy(line => line.Row.RequestId).SelectMany(group => group.Skip(1)))
            file.Problem(twice.Number, $"request_id {twice.Row.RequestId} is charged twice");
        var opening = Opening(user, lines);
        CheckChain(lines, opening);
        return new ImportRequest(user, SourceKey(user), opening, [.. lines.Select(line => line.Row)]);
    }

    /// <summary>What must have been there before the first row, so that the account ends with its balance.</summary>
    private long Opening(string user, IReadOnlyList<Line> lines)
    {
        var used = lines.Sum(line => line.Row.TokensUsed);
        if (balances.TryGetValue(user, out var balance))
            return balance + used;
        if (lines.FirstOrDefault(line => line.Remaining is not null) is { } known)
            return (known.Remaining ?? 0) + lines.TakeWhile(line => line != known).Sum(line => line.Row.TokensUsed) + known.Row.TokensUsed;
        if (used > 0)
            file.Problem(lines[^1].Number, $"the rows of user {user} end {used} tokens below zero: give tokens_remaining, or the balance with --balances");
        return 0;
    }

    private void CheckChain(IReadOnlyList<Line> lines, long opening)
    {
        foreach (var line in lines)
        {
            opening -= line.Row.TokensUsed;
            if (line.Remaining is not { } remaining || remaining == opening)
                continue;
            file.Problem(line.Number, $"tokens_remaining is {remaining}, but the rows before it leave {opening}");
            opening = remaining; // The break is told once, not on every line behind it.
        }
    }

    private Line Row(CsvLine line)
    {
        var tokens = file.Whole(line, "tokens_used", -AdminGrants.MaxTokens, isRequired: true);
        var action = file.Text(line, "action_type", LongestName);
        if (action is null)
            file.Problem(line.Number, "action_type is missing");
        var id = file.Text(line, "id", LongestId);
        var entry = Entry(line, tokens, action);
        var row = new ImportedRow(
            Guid.TryParse(id, out var guid) ? guid : null, id ?? $"line-{line.Number}", entry, action ?? "", tokens, Cost(line),
            file.Text(line, "openai_model", LongestModel), file.Whole(line, "prompt_tokens", 0), file.Whole(line, "completion_tokens", 0), file.Metadata(line), CreatedAt(line))
        {
            CachedTokens = file.Whole(line, "cached_tokens", 0), ReasoningTokens = file.Whole(line, "reasoning_tokens", 0), UsageSource = Source(line, entry),
            RequestId = file.Text(line, "request_id", LongestName), PriceVersion = file.Text(line, "price_version", LongestName),
        };
        return new Line(line.Number, row, line["tokens_remaining"] is null ? null : file.Whole(line, "tokens_remaining", -AdminGrants.MaxTokens), file.Whole(line, "seq", 0));
    }

    private string Entry(CsvLine line, long tokens, string? action)
    {
        var entry = line["entry"] ?? (tokens < 0 ? "grant" : Removals.Contains(action) ? "removal" : "usage");
        var isFine = entry switch { "usage" => tokens >= 0, "grant" => tokens < 0, "removal" => tokens > 0, "correction" => true, _ => false };
        if (!isFine)
            file.Problem(line.Number, $"entry \"{entry}\" does not go with tokens_used {tokens}: usage ≥ 0, removal > 0, grant < 0, correction either way");
        return entry;
    }

    private string? Source(CsvLine line, string entry)
    {
        if (line["usage_source"] is not { } source)
            return entry == "usage" ? "reported" : null;
        if (source is not ("reported" or "estimated" or "presumed"))
            file.Problem(line.Number, $"usage_source is \"{source}\", not reported, estimated or presumed");
        return source;
    }

    /// <summary>The exact figure, where there is one; else the decimal.</summary>
    private long Cost(CsvLine line)
    {
        if (line["cost_nano_usd"] is not null)
            return file.Whole(line, "cost_nano_usd", line["entry"] == "correction" ? -AdminGrants.MaxTokens : 0);
        if (line["estimated_cost_usd"] is not { } text)
            return 0;
        if (decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var usd) && usd is >= 0 and <= MostUsd)
            return (long)decimal.Round(usd * NanoPerUsd);
        file.Problem(line.Number, $"estimated_cost_usd is \"{text}\", not a number from 0 to {MostUsd}");
        return 0;
    }

    private long CreatedAt(CsvLine line)
    {
        if (line["created_at"] is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            && at <= now && at.ToUnixTimeMilliseconds() >= 0)
            return at.ToUnixTimeMilliseconds();
        file.Problem(line.Number, $"created_at is \"{line["created_at"]}\", not a past time in ISO 8601");
        return 0;
    }
}
