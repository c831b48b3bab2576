using System.Globalization;
using AiGateway.Plans;
using AiGateway.Routes;

namespace AiGateway.Pages.Texts;

/// <summary>/admin/routes and /admin/prices.</summary>
internal static class ConfigTexts
{
    public const string RoutesTitle = "Routes";
    public const string RoutesLead = "Which calls go where, and how they are metered. The file is live: a good edit serves within two seconds, a bad one is refused whole.";
    public const string PricesTitle = "Prices";
    public const string PricesLead = "What models cost you, and what plans and packs cost your users. Both files are live.";

    public const string File = "File";
    public const string State = "State";
    public const string InForce = "In force";
    public const string Refused = "Refused";
    public const string AsItIs = "the file as it is now";
    public const string Version = "Content";
    public const string LastGood = "The last good version keeps serving. Mend the file; it is looked at twice a second.";
    public const string Standing = "What is wrong with it";
    public const string Warning = "Warning";
    public const string Error = "Error";
    public const string Cluster = "cluster";
    public const string Clusters = "clusters";

    public const string CheckTitle = "Check an edit";
    public const string Check = "Check";
    public const string NotSaved = "Nothing is saved: the file stays yours.";
    public const string Fine = "This would be taken.";
    public const string NothingChanged = "Nothing was changed.";

    public const string Explain = "What happens to a call?";
    public const string ExplainIt = "Explain";
    public const string NoRoute = "No route takes this call: it is answered 404.";
    public const string Method = "Method";
    public const string Path = "Path";
    public const string All = "All routes, in the file's words";
    public const string Route = "Route";
    public const string Kind = "Reads usage as";
    public const string For = "For";
    public const string ClusterHead = "Cluster";
    public const string AppsOnly = "app keys";
    public const string Everybody = "everybody";
    public const string Off = "Off: bypasses the meter";

    public const string PriceVersion = "Price list";
    public const string PriceVersionNote = "stored with each charge";
    public const string Used = "Models in use";
    public const string NoneUsed = "No charge names a model yet.";
    public const string Price = "Price";
    public const string Listed = "Listed";
    public const string Ceiling = "Ceiling";
    public const string LastUsed = "Last used";
    public const string Sold = "Plans and packs";
    public const string MarginAtReference = "Margin at $20 per 1M";
    public const string AtStripe = "At Stripe";
    public const string NotSetUp = "Not set up";

    public static string Figures(string file) => $"How {file} stands";
    public static string Since(DateTime at) => $"since {Formats.Time(at)}";
    public static string RefusedAt(DateTime at) => $"edited {Formats.Time(at)}";
    public static string RefusedTitle(string file) => $"The last edit of {file} was refused.";
    public static string CheckLead(string file) => $"Change the content of {file} below and see whether it would be taken, before you save it where the gateway reads it.";
    public static string Content(string file) => $"Content of {file}";
    public static string Warnings(int count) => $"{Formats.Count(count, "warning", "warnings")}, below.";
    public static string NotFine(int errors) => $"This would be refused: {Formats.Count(errors, "error", "errors")}.";
    public static string AddThem(string file) => $"Models at the ceiling cost more on paper than they do, and keep margins unknown. Add them to {file}.";
    public static string PlansState(bool isFine) => isFine ? "plans.json in force" : "plans.json: last edit refused";

    public static string Every(Offer offer) => offer is Plan { Cycle: var cycle } ? cycle is { Count: 1 } ? $"a {Unit(cycle.Unit)}" : $"{cycle.Count} {Unit(cycle.Unit)}s" : "once";

    /// <summary>Were every token to cost the reference price.</summary>
    public static string Margin(Offer offer)
    {
        var percent = offer.UsdCents == 0 ? 0 : 100m - offer.Tokens * 0.002m / offer.UsdCents * 100m;
        return percent.ToString("0.#", CultureInfo.InvariantCulture) + "%";
    }

    public static IEnumerable<(string Name, string Value)> Explained(RouteExplanation route)
    {
        yield return (Route, route.Route);
        yield return (Path, $"{route.Methods} {route.Pattern}");
        yield return (Kind, route.Kind);
        yield return ("Action", $"{route.Action}; callers may name: {route.Actions}");
        yield return (For, route.Access == RouteAccess.App ? AppsOnly : Everybody);
        yield return ("Charged by", route.ChargeBy);
        yield return ("Output held without a limit", Formats.Tokens(route.DefaultMaxOutputTokens));
        yield return ("When usage is missing", route.WhenUsageMissing.ToString());
        yield return ("When the caller leaves", route.OnClientDisconnect.ToString());
        yield return (ClusterHead, route.Cluster);
        yield return ("Goes to", route.Deployments);
        if (route.Model is { } model)
            yield return ("Model that goes up", model);
    }

    private static string Unit(BillingUnit unit) => unit switch { BillingUnit.Day => "day", BillingUnit.Month => "month", _ => "year" };
}
