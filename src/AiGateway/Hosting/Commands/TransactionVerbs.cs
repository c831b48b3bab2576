using System.CommandLine;
using AiGateway.Api;
using AiGateway.Insights;

namespace AiGateway.Hosting.Commands;

internal enum ExportFormat { Csv, Jsonl }

/// <summary>transactions: the ledger's rows for other programs.</summary>
internal static class TransactionVerbs
{
    private static readonly Option<string?> User = new("--user") { Description = "Of one user only." };
    private static readonly Option<string?> From = new("--from") { Description = "From this moment on, ISO 8601." };
    private static readonly Option<string?> To = new("--to") { Description = "Before this moment, ISO 8601." };
    private static readonly Option<ExportFormat?> Format = new("--format") { Description = "csv, or jsonl: an object a line. Default: csv on a terminal, else jsonl." };

    public static Command Make() => new Command("transactions", "The ledger's rows: export.").With(
        new Command("export", "Print rows, newest first.").With(User, From, To, Format).OnDatabase(ExportAsync));

    private static async Task<int> ExportAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        if (!Listing.TryTime(parse.GetValue(From), out var from) || !Listing.TryTime(parse.GetValue(To), out var to))
            return scope.Output.Fail(ExitCodes.BadInput, "--from and --to must be ISO 8601 times, such as 2027-01-31T00:00:00Z.");
        var isCsv = (parse.GetValue(Format) ?? (scope.Output.IsForPeople ? ExportFormat.Csv : ExportFormat.Jsonl)) == ExportFormat.Csv;
        var filter = new TransactionFilter(parse.GetValue(User), from, to, ActionType: null, Entry: null);
        if (isCsv)
            scope.Output.Text(TransactionCsv.Head);
        for (string? after = null; ;)
        {
            var page = await scope.Get<TransactionReader>().ListAsync(filter, after, Paging.MaxLimit, cancel);
            foreach (var row in page.Data)
                if (isCsv) scope.Output.Text(TransactionCsv.Line(row, forSpreadsheets: false));
                else scope.Output.JsonLine(row);
            if (!page.HasMore)
                return ExitCodes.Ok;
            after = page.After;
        }
    }
}
