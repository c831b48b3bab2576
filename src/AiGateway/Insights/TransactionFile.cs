using System.Text;

namespace AiGateway.Insights;

/// <summary>All rows that a list would page through, as one CSV file for spreadsheets, written while they are read.</summary>
internal sealed class TransactionFile
{
    public const string MediaType = "text/csv; charset=utf-8; header=present", Name = "token_transactions.csv";

    private readonly IAsyncEnumerator<TransactionView> _rows;
    private readonly CancellationToken _cancel;
    private bool _isMore;

    private TransactionFile(IAsyncEnumerator<TransactionView> rows, bool isMore, CancellationToken cancel) => (_rows, _isMore, _cancel) = (rows, isMore, cancel);

    /// <summary>Reads the first row: a database that is gone is an error here, not half a file later.</summary>
    /// <returns>What writes the file, once.</returns>
    public static async Task<Func<Stream, Task>> OpenAsync(IAsyncEnumerable<TransactionView> rows, CancellationToken cancel)
    {
        var found = rows.GetAsyncEnumerator(cancel);
        return new TransactionFile(found, await found.MoveNextAsync(), cancel).WriteAsync;
    }

    private async Task WriteAsync(Stream file)
    {
        await using var rows = _rows;
        await using var writer = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(TransactionCsv.Head.AsMemory(), _cancel);
        for (; _isMore; _isMore = await rows.MoveNextAsync())
            await writer.WriteLineAsync(TransactionCsv.Line(rows.Current, forSpreadsheets: true).AsMemory(), _cancel);
    }
}
