using AiGateway.Insights;
using AiGateway.Pricing;
using AiGateway.Routes;

namespace AiGateway.Api;

/// <summary>/admin/v1/routes and /prices: how the files stand that operators edit.</summary>
internal static class AdminFigures
{
    /// <summary>As the file itself may have; beyond it is no routes file.</summary>
    private const long LargestRoutesFile = 8 * 1024 * 1024;

    public static void MapAdminFigures(this IEndpointRouteBuilder api)
    {
        api.MapGet("/routes", (RoutesFile routes) => Results.Ok(routes.Report)).Describe<RoutesStatus>("How the routes file stands; a refused edit with its problems.");
        api.MapPost("/routes/validate", ValidateAsync).Describe("What would be wrong with the body, were it the routes file's content. Nothing is changed.");
        api.MapGet("/prices/missing", MissingAsync).Describe<Page<UsedModel>>("Models in the ledger that the price list does not name: they are charged at the ceiling.");
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
