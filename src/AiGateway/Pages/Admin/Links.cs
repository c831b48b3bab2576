namespace AiGateway.Pages.Admin;

/// <summary>Addresses of operators' pages. Users' ids may hold any character: what a path cannot carry goes into the query.</summary>
internal static class Links
{
    public const string Users = "/admin/users", Requests = "/admin/requests", Insights = "/admin/insights", Connect = "/admin/connect", Routes = "/admin/routes",
        Prices = "/admin/prices", Keys = "/admin/keys", Stripe = "/admin/stripe", Audit = "/admin/audit";

    /// <summary>The path's stand-in for an id that stands in the query.</summary>
    public const string InQuery = "-";

    public static string User(string id) =>
        id is InQuery or "." or ".." || id.Contains('/', StringComparison.Ordinal) || id.Contains('\\', StringComparison.Ordinal)
            ? $"{Users}/{InQuery}?id={Uri.EscapeDataString(id)}"
            : $"{Users}/{Uri.EscapeDataString(id)}";

    public static string Request(string id, string userId) => $"{Requests}/{Uri.EscapeDataString(id)}?user={Uri.EscapeDataString(userId)}";

    /// <summary>Adds to a page's address what it was told, leaving out what is not.</summary>
    public static string With(string path, params IEnumerable<(string Name, string? Value)> query)
    {
        var parts = query.Where(part => !string.IsNullOrEmpty(part.Value)).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value ?? "")}").ToList();
        return parts.Count == 0 ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{string.Join('&', parts)}";
    }
}
