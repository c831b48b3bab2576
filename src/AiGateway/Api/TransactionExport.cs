using System.Text;
using AiGateway.Insights;

namespace AiGateway.Api;

/// <summary>All rows that a list would page through, as one CSV file, written while they are read.</summary>
internal static class TransactionExport
{
    private const string MediaType = "text/csv";

    /// <summary>Whether the caller asks for CSV rather than JSON.</summary>
    public static bool IsWanted(HttpRequest request) =>
        request.GetTypedHeaders().Accept is { Count: > 0 } accept
        && accept.Where(type => type.Quality is null or > 0).OrderByDescending(type => type.Quality ?? 1)
            .FirstOrDefault(type => type.MediaType.Value is MediaType or "application/json") is { MediaType.Value: MediaType };

    public static IResult Of(TransactionReader transactions, TransactionFilter filter) => new Export(transactions, filter);

    private sealed class Export(TransactionReader transactions, TransactionFilter filter) : IResult
    {
        public async Task ExecuteAsync(HttpContext http)
        {
            var cancel = http.RequestAborted;
            await using var rows = transactions.AllAsync(filter, cancel).GetAsyncEnumerator(cancel);
            // The first row first: a database that is gone is a 503, not half a file.
            var isMore = await rows.MoveNextAsync();
            http.Response.ContentType = MediaType + "; charset=utf-8; header=present";
            http.Response.Headers.ContentDisposition = "attachment; filename=\"token_transactions.csv\"";
            http.Response.Headers.XContentTypeOptions = "nosniff";
            await using var writer = new StreamWriter(http.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\r\n" };
            await writer.WriteLineAsync(TransactionCsv.Head.AsMemory(), cancel);
            for (; isMore; isMore = await rows.MoveNextAsync())
                await writer.WriteLineAsync(TransactionCsv.Line(rows.Current, forSpreadsheets: true).AsMemory(), cancel);
        }
    }
}
