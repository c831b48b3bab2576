using AiGateway.Pages.Admin;
using AiGateway.Pages.Texts;

namespace AiGateway.Pages;

/// <summary>What stands beside or above the pages of one kind of reader.</summary>
internal static class Menu
{
    internal sealed record Item(string Path, string Text);

    private static readonly Item[] User =
        [new("/dashboard", SharedTexts.MenuBalance), new("/dashboard/usage", SharedTexts.MenuUsage), new("/dashboard/tokens", SharedTexts.MenuTokens)];

    private static readonly Item[] Operator =
        [new("/admin", SharedTexts.MenuToday), new(Links.Users, SharedTexts.MenuUsers), new(Links.Requests, SharedTexts.MenuRequests), new(Links.Insights, SharedTexts.MenuInsights),
            new(Links.Connect, SharedTexts.MenuConnect), new(Links.Keys, SharedTexts.MenuKeys), new(Links.Routes, SharedTexts.MenuRoutes), new(Links.Prices, SharedTexts.MenuPrices),
            new(Links.Stripe, SharedTexts.MenuStripe), new(Links.Audit, SharedTexts.MenuAudit)];

    public static bool IsOperators(string path) => path.StartsWith("/admin", StringComparison.OrdinalIgnoreCase);

    public static IReadOnlyList<Item> Of(string path) =>
        IsOperators(path) ? Operator : path.StartsWith("/dashboard", StringComparison.OrdinalIgnoreCase) ? User : [];

    /// <summary>The item whose page, or a page below it, this is.</summary>
    public static Item? Here(string path) =>
        Of(path).Where(item => path == item.Path || path.StartsWith(item.Path + "/", StringComparison.OrdinalIgnoreCase)).MaxBy(item => item.Path.Length);
}
