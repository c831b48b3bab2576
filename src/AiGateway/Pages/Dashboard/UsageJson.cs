using System.Text.Json;
using AiGateway.Insights;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace AiGateway.Pages.Dashboard;

/// <summary>Rows of the ledger as a JSON file to keep, written while they are read.</summary>
internal sealed class UsageJson(IAsyncEnumerable<TransactionView> rows, string name) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancel) = (httpContext.Response, httpContext.RequestAborted);
        await using var found = rows.GetAsyncEnumerator(cancel);
        // The first row first: a database that is gone is a page that says so, not half a file.
        var isMore = await found.MoveNextAsync();
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        response.ContentType = "application/json; charset=utf-8";
        await using var writer = new StreamWriter(response.Body, leaveOpen: true);
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await writer.WriteAsync("[".AsMemory(), cancel);
        for (var isFirst = true; isMore; isMore = await found.MoveNextAsync(), isFirst = false)
            await writer.WriteAsync(((isFirst ? "\n" : ",\n") + JsonSerializer.Serialize(found.Current, json)).AsMemory(), cancel);
        await writer.WriteAsync("\n]\n".AsMemory(), cancel);
    }
}
