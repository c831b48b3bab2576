using System.Text.RegularExpressions;
using AiGateway.ConfigFiles;
using AiGateway.Usage;

namespace AiGateway.Routes;

/// <summary>Makes a <see cref="MeteredRoute"/> of a route's section.</summary>
internal static partial class MeteredRouteReader
{
    private const string Prefix = "Metering.";

    // Far above any model's output, far below what could overflow a hold.
    private const long MostTokens = 100_000_000;

    public static MeteredRoute? Read(ConfigMember route, ConfigProblems problems)
    {
        var metadata = new MetadataReader(route.Value, Prefix, problems);
        var kind = Kind(route, metadata, problems);
        var read = Fill(kind ?? new MeteredRoute { RouteId = route.Name, Format = UsageFormat.Auto }, route, metadata, problems);
        metadata.NoOthers("Upstream.");
        return kind is null ? null : read;
    }

    private static MeteredRoute? Kind(ConfigMember route, MetadataReader metadata, ConfigProblems problems)
    {
        if (metadata.Find("Kind", MetadataReader.AnyOf([.. UsageKinds.Names])) is not { } node)
        {
            problems.Error(route.Place, route.Value.Path, "Metadata says no \"Metering.Kind\": a route that names no usage reader would be free");
            return null;
        }
        var known = UsageKinds.Route(route.Name, node.Text);
        if (known is null) problems.Error(node, $"unknown kind \"{node.Text}\"{DidYouMean.HintOrList(node.Text, UsageKinds.Names)}");
        return known;
    }

    private static MeteredRoute Fill(MeteredRoute kind, ConfigMember route, MetadataReader metadata, ConfigProblems problems)
    {
        var actions = Actions(metadata, problems);
        var action = Action(metadata, problems) ?? kind.Action;
        if (actions.Count > 0 && !actions.Contains(action) && metadata.Find("Action") is { } node)
            problems.Error(node, $"the default action \"{action}\" is not among Metering.Actions");
        var filled = kind with
        {
            Action = action,
            Actions = actions,
            Access = metadata.OneOf("Access", kind.Access),
            DefaultMaxOutputTokens = metadata.Tokens("DefaultMaxOutputTokens", kind.DefaultMaxOutputTokens, MostTokens),
            FlatTokens = metadata.Tokens("FlatTokens", kind.FlatTokens, MostTokens),
            WhenUsageMissing = metadata.OneOf("WhenUsageMissing", kind.WhenUsageMissing),
            OnClientDisconnect = metadata.OneOf("OnClientDisconnect", kind.OnClientDisconnect),
            EnforceHold = metadata.Flag("EnforceHold", kind.EnforceHold),
            InjectStreamUsage = metadata.Flag("InjectStreamUsage", kind.InjectStreamUsage),
            ChargeBy = metadata.OneOf("ChargeBy", kind.ChargeBy),
            Aliases = Aliases(metadata, problems),
            Models = metadata.Map("Models"),
            AllowUnmetered = metadata.Flag("AllowUnmetered", kind.AllowUnmetered),
            BypassesMeter = kind.Format == UsageFormat.OpenAiRealtime && HasNoGet(route.Value),
        };
        if (filled.EnforceHold && !OutputLimit.IsEnforceable(kind.Format))
            problems.Warn(metadata.Find("EnforceHold"), "has no effect on this kind: there is no output limit that its calls could be given");
        else if (filled is { EnforceHold: true, DefaultMaxOutputTokens: 0 } && metadata.Find("EnforceHold") is { } enforced)
            problems.Error(enforced, "needs a Metering.DefaultMaxOutputTokens above 0: that is the limit which calls without one are given");
        return filled;
    }

    /// <summary>A name that leads to another alias, or to a pattern, leads nowhere.</summary>
    private static ModelMap Aliases(MetadataReader metadata, ConfigProblems problems)
    {
        var aliases = metadata.Map("Aliases");
        if (metadata.Find("Aliases") is not { } node) return aliases;
        foreach (var (alias, model) in aliases.Entries)
            if (ModelPattern.Check(model) is { } why) problems.Error(node, why);
            else if (model.EndsWith('*')) problems.Error(node, $"\"{alias}\" stands for \"{model}\", which is no one model");
            else if (aliases.Find(model) is { } next && next != model) problems.Error(node, $"\"{alias}\" stands for \"{model}\", which is an alias itself");
        return aliases;
    }

    private static string? Action(MetadataReader metadata, ConfigProblems problems)
    {
        if (metadata.Find("Action", new() { ["type"] = "string", ["pattern"] = "^[a-z0-9_.-]{1,64}$" }) is not { } node) return null;
        Check(node, node.Text, problems);
        return node.Text;
    }

    private static IReadOnlySet<string> Actions(MetadataReader metadata, ConfigProblems problems)
    {
        if (metadata.Find("Actions") is not { } node) return new HashSet<string>();
        var actions = node.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        foreach (var action in actions) Check(node, action, problems);
        return actions;
    }

    private static void Check(ConfigNode node, string action, ConfigProblems problems)
    {
        if (!ActionName().IsMatch(action)) problems.Error(node, $"\"{action}\" is no action type: 1 to 64 of a-z, 0-9, _ . -");
    }

    // A WebSocket opens with GET; what a realtime route lets through by other methods hands out secrets or media sessions.
    private static bool HasNoGet(ConfigNode route) =>
        route["Match"]?["Methods"] is { Items.Count: > 0 } methods && methods.Items.All(method => !method.Text.Equals("GET", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"^[a-z0-9_.-]{1,64}\z")]
    private static partial Regex ActionName();
}
