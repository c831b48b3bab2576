using AiGateway.Insights;
using AiGateway.Pages.Texts;

namespace AiGateway.Pages.Dashboard;

/// <summary>/dashboard/usage, and the same rows as a file.</summary>
internal static class UsageEndpoints
{
    private const int RowsAPage = 25;

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/usage", ShowAsync);
        pages.MapGet("/usage/export.{format:regex(^(csv|json)$)}", ExportAsync);
    }

    private static async Task<IResult> ShowAsync(
        HttpContext http, UserUsageReader usage, TransactionReader transactions, string? from, string? to, string? action, string? after, CancellationToken cancel)
    {
        var user = PortalSignIn.User(http);
        var (filters, problem) = Read(usage, from, to, action, after);
        Page<TransactionView> rows;
        try
        {
            rows = await transactions.ListAsync(filters.Rows(user), filters.After, RowsAPage, cancel);
        }
        catch (FormatException)
        {
            (filters, problem) = (filters with { After = null }, UsageTexts.BadCursor);
            rows = await transactions.ListAsync(filters.Rows(user), null, RowsAPage, cancel);
        }
        var model = new UsageModel(
            filters, usage.Span(null, null).To, await usage.OfAsync(user, filters.From, filters.To, filters.Action, cancel), await usage.ActionsAsync(user, cancel), rows, problem);
        return Html.Of<UsagePage>(problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, model, new Movements(rows.Data, AreExplained: true));
    }

    private static async Task<IResult> ExportAsync(
        HttpContext http, UserUsageReader usage, TransactionReader transactions, string format, string? from, string? to, string? action, CancellationToken cancel)
    {
        var (filters, problem) = Read(usage, from, to, action, null);
        if (problem is not null)
            return Results.Text(problem, statusCode: StatusCodes.Status400BadRequest);
        var (rows, name) = (transactions.AllAsync(filters.Rows(PortalSignIn.User(http)), cancel), $"tokens-{Formats.Iso(filters.From)}-{Formats.Iso(filters.To)}.{format}");
        return format == "csv" ? Results.Stream(await TransactionFile.OpenAsync(rows, cancel), TransactionFile.MediaType, name) : new UsageJson(rows, name);
    }

    /// <returns>What was asked for; where that does not work the usual, and why.</returns>
    private static (UsageFilters Filters, string? Problem) Read(UserUsageReader usage, string? from, string? to, string? action, string? after)
    {
        var isRead = Days.TryRead(from, out var start) & Days.TryRead(to, out var end);
        var (first, last) = usage.Span(start, end);
        var problem = isRead ? UserUsageReader.Check(first, last) : UsageTexts.BadDay;
        if (problem is not null)
            (first, last) = usage.Span(null, null);
        return (new UsageFilters(first, last, string.IsNullOrWhiteSpace(action) ? null : action, string.IsNullOrEmpty(after) ? null : after), problem);
    }
}
