using System.Text;
using System.Text.Json;
using AiGateway.Insights;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace AiGateway.Pages.Dashboard;

/// <summary>Rows of the ledger as a file to keep, written while they are read.</summary>
/// <param name="format">csv or json.</param>
/// <param name="name">The file's name, without its end.</param>
internal sealed class UsageExport(IAsyncEnumerable<TransactionView> rows, string format, string name) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancel) = (httpContext.Response, httpContext.RequestAborted);
        await using var found = rows.GetAsyncEnumerator(cancel);
        // The first row first: a database that is gone is a page that says so, not half a file.
        var isMore = await found.MoveNextAsync();
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.{format}\"";
        response.ContentType = format == "csv" ? "text/csv; charset=utf-8; header=present" : "application/json; charset=utf-8";
        await using var writer = new StreamWriter(response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\r\n" };
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await writer.WriteAsync((format == "csv" ? TransactionCsv.Head + writer.NewLine : "[").AsMemory(), cancel);
        for (var isFirst = true; isMore; isMore = await found.MoveNextAsync(), isFirst = false)
            await writer.WriteAsync((format == "csv"
                ? TransactionCsv.Line(found.Current, forSpreadsheets: true) + writer.NewLine
                : (isFirst ? "\n" : ",\n") + JsonSerializer.Serialize(found.Current, json)).AsMemory(), cancel);
        if (format != "csv")
            await writer.WriteAsync("\n]\n".AsMemory(), cancel);
    }
}
