using System.Text;
using AiGateway.ConfigFiles;
using AiGateway.Insights;
using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Routes;
using Microsoft.AspNetCore.Mvc;

namespace AiGateway.Pages.Admin;

/// <summary>/admin/routes and /admin/prices: how the files stand, what they say, and whether an edit would be taken. Nothing is written here.</summary>
internal static class ConfigPages
{
    /// <summary>As large as the file itself may be, and half as much again for how browsers write forms.</summary>
    private const long LargestEdit = 12L * 1024 * 1024;

    private const string RoutesCheck = "/admin/routes/check", PricesCheck = "/admin/prices/check";

    public static void Map(RouteGroupBuilder pages)
    {
        var large = new RequestSizeLimitAttribute(LargestEdit);
        pages.MapGet("/routes", async (RoutesFile routes, string? method, string? path, string? model, CancellationToken cancel) =>
            Routes(routes, await FileCheckModel.OfAsync(routes.Status, RoutesCheck, cancel), method, path, model));
        pages.MapPost("/routes/check", async (HttpContext http, RoutesFile routes, CancellationToken cancel) =>
            Routes(routes, Checked(await EditAsync(http, cancel), routes.Status, RoutesCheck, routes.Validate), null, null, null)).WithMetadata(large);
        pages.MapGet("/prices", async (ConfigDesk desk, PricesFile prices, CancellationToken cancel) =>
            Html.Of<PricesPage>(await desk.PricesAsync(cancel), await FileCheckModel.OfAsync(prices.Status, PricesCheck, cancel)));
        pages.MapPost("/prices/check", async (HttpContext http, ConfigDesk desk, PricesFile prices, CancellationToken cancel) =>
            Html.Of<PricesPage>(await desk.PricesAsync(cancel), Checked(await EditAsync(http, cancel), prices.Status, PricesCheck, prices.Validate))).WithMetadata(large);
    }

    private static Html Routes(RoutesFile routes, FileCheckModel check, string? method, string? path, string? model)
    {
        var (asked, how) = (path?.Trim() ?? "", method?.Trim().ToUpperInvariant() is { Length: > 0 } given ? given : "POST");
        var found = asked.Length == 0 ? null : routes.Current.Explain(how, asked.StartsWith('/') ? asked : "/" + asked, model?.Trim() is { Length: > 0 } named ? named : null);
        return Html.Of<RoutesPage>(new RoutesPage.View(routes.Report, routes.Current.All, how, asked, model, found), check);
    }

    private static async Task<string> EditAsync(HttpContext http, CancellationToken cancel) => (await http.Request.ReadFormAsync(cancel))["content"].ToString().ReplaceLineEndings("\n");

    private static FileCheckModel Checked(string content, FileStatus status, string action, Func<byte[], IReadOnlyList<ConfigProblem>> look) =>
        new(status, action, content, [.. look(Encoding.UTF8.GetBytes(content)).Select(RouteProblem.Of)]);
}

/// <param name="Used">Models that charges name, the costliest first, and whether the list has them.</param>
internal sealed record PricesModel(FileStatus PlansFile, string Version, IReadOnlyList<(UsedModel Model, bool HasPrice)> Used, IReadOnlyList<Offer> Offers);

internal sealed class ConfigDesk(ModelReader models, IPriceBookSource prices, PlansFile plans)
{
    public async Task<PricesModel> PricesAsync(CancellationToken cancel)
    {
        var book = prices.Current;
        var used = (await models.UsedAsync(cancel)).Select(model => (model, book.HasPrice(model.Model))).ToList();
        return new PricesModel(plans.Status, book.Version, used, [.. plans.Current.Plans.Values, .. plans.Current.Packs.Values]);
    }
}
