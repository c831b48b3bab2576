using System.Buffers;
using System.Globalization;

namespace AiGateway.Insights;

/// <summary>Rows of the ledger as comma-separated values (RFC 4180), with the names of the table's columns in the head.</summary>
internal static class TransactionCsv
{
    public static readonly IReadOnlyList<string> Columns =
    [
        "id", "user_id", "entry", "action_type", "tokens_used", "tokens_remaining", "estimated_cost_usd", "openai_model", "prompt_tokens", "completion_tokens",
        "metadata", "created_at", "seq", "cost_nano_usd", "cached_tokens", "reasoning_tokens", "usage_source", "request_id", "source_key", "price_version",
    ];

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    public static string Head => string.Join(',', Columns);

    /// <param name="forSpreadsheets">
    /// Texts that a spreadsheet would run as a formula get an apostrophe in front: users choose their own names and metadata.
    /// Without it the line can be imported again as it was.
    /// </param>
    public static string Line(TransactionView row, bool forSpreadsheets)
    {
        string? Text(string? text) => forSpreadsheets ? Harmless(text) : text;
        return Fields(
            row.Id.ToString(), Text(row.UserId), row.Entry, Text(row.ActionType), Number(row.TokensUsed), Number(row.TokensRemaining), row.EstimatedCostUsd,
            Text(row.OpenaiModel), Number(row.PromptTokens), Number(row.CompletionTokens), Text(row.Metadata?.GetRawText()),
            row.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), Number(row.Seq), Number(row.CostNanoUsd), Number(row.CachedTokens),
            Number(row.ReasoningTokens), row.UsageSource, Text(row.RequestId), Text(row.SourceKey), Text(row.PriceVersion));
    }

    public static string Fields(params IEnumerable<string?> fields) => string.Join(',', fields.Select(Field));

    private static string? Harmless(string? text) => text is { Length: > 0 } && text.TrimStart() is var shown && (shown.Length == 0 || shown[0] is '=' or '+' or '-' or '@' || text[0] is '\t' or '\r' or '\n') ? "'" + text : text;

    private static string Field(string? text) => text is null ? "" : text.AsSpan().ContainsAny(Quoted) ? $"\"{text.Replace("\"", "\"\"")}\"" : text;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
