using AiGateway.Insights;
using AiGateway.Pricing;
using AiGateway.Routes;

namespace AiGateway.Api;

/// <summary>/admin/v1/insights, /routes and /prices: what operators look at.</summary>
internal static class AdminFigures
{
    /// <summary>As the file itself may have; beyond it is no routes file.</summary>
    private const long LargestRoutesFile = 8 * 1024 * 1024;

    public static void MapAdminFigures(this IEndpointRouteBuilder api)
    {
        api.MapGet("/insights", InsightsAsync);
        api.MapGet("/routes", (RoutesFile routes) => Results.Ok(routes.Report));
        api.MapPost("/routes/validate", ValidateAsync);
        api.MapGet("/prices/missing", MissingAsync);
    }

    private static async Task<IResult> InsightsAsync(Reports reports, TimeProvider time, string? from, string? to, CancellationToken cancel)
    {
        if (!Listing.TryTime(from, out var start) || !Listing.TryTime(to, out var end))
            return Problems.Invalid("from and to must be ISO 8601 times, such as 2027-01-31T00:00:00Z.");
        var begin = start ?? reports.ThisMonth;
        if (Reports.Months(begin, end ?? time.GetUtcNow().UtcDateTime) is > Reports.MostMonths or < 1)
            return Problems.Invalid($"from must lie before to, by at most {Reports.MostMonths} months.");
        return Results.Ok(await reports.RunAsync(begin, end, cancel));
    }

    /// <summary>The body is a routes file's content; it is looked at and forgotten.</summary>
    private static async Task<IResult> ValidateAsync(HttpContext context, RoutesCheckUp routes, CancellationToken cancel)
    {
        using var content = new MemoryStream();
        await using (var limited = context.Request.Body)
        {
            var buffer = new byte[81_920];
            for (int read; (read = await limited.ReadAsync(buffer, cancel)) > 0;)
            {
                if (content.Length + read > LargestRoutesFile)
                    return Problems.Invalid($"A routes file has at most {LargestRoutesFile} bytes.");
                content.Write(buffer, 0, read);
            }
        }
        var found = routes.Look(content.ToArray(), "body");
        return Results.Ok(new { ok = found.All(problem => problem.IsWarning), problems = found });
    }

    /// <summary>Models in the ledger that the price list does not name: they are charged at the ceiling.</summary>
    private static async Task<IResult> MissingAsync(ModelReader models, IPriceBookSource prices, CancellationToken cancel)
    {
        var book = prices.Current;
        return Results.Ok(new { data = (await models.UsedAsync(cancel)).Where(used => !book.HasPrice(used.Model)), has_more = false, after = (string?)null });
    }
}
