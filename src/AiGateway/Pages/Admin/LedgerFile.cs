using System.Text;
using AiGateway.Insights;

namespace AiGateway.Pages.Admin;

/// <summary>Rows of the ledger as a file for spreadsheets, written while they are read: what would run there as a formula is a text.</summary>
internal sealed class LedgerFile(TransactionReader transactions, TransactionFilter filter) : IResult
{
    private const int RowsAtOnce = Paging.MaxLimit;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancel) = (httpContext.Response, httpContext.RequestAborted);
        // The first rows first: a database that is gone is a page that says so, not half a file.
        var page = await transactions.ListAsync(filter, null, RowsAtOnce, cancel);
        response.ContentType = "text/csv; charset=utf-8; header=present";
        response.Headers.ContentDisposition = "attachment; filename=\"token_transactions.csv\"";
        await using var writer = new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(TransactionCsv.Head.AsMemory(), cancel);
        while (true)
        {
            foreach (var row in page.Data)
                await writer.WriteLineAsync(TransactionCsv.Line(row, forSpreadsheets: true).AsMemory(), cancel);
            if (!page.HasMore)
                return;
            page = await transactions.ListAsync(filter, page.After, RowsAtOnce, cancel);
        }
    }
}
