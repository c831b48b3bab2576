using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AiGateway.ConfigFiles;

namespace AiGateway.Plans;

/// <summary>Makes a <see cref="PlanBook"/> of plans.json, or says everything that is wrong with it.</summary>
internal sealed partial class PlansReader(Func<string, string?> secret, ConfigProblems problems)
{
    private const long MostTokens = 1_000_000_000_000;
    private const decimal MostUsd = 10_000_000;

    // Thirty days: longer, and a grace would outlast a month's plan.
    private const long MostGraceHours = 720;

    // Stripe refuses longer cycles than three years.
    private const int MostDays = 1095;

    public PlanBook? Read(byte[] json)
    {
        if (ConfigTree.Read(json, problems) is not { } root) return null;
        var file = new ObjectReader(root, problems);
        file.Text("$schema");
        var renewal = Renewal(file);
        var book = new PlanBook
        {
            LowBalancePercent = (int)file.Whole("low_balance_threshold_percent", 10, 0, 100),
            TrialTokens = file.Whole("trial_grant_tokens", 0, 0, MostTokens),
            Renewal = renewal.Rule,
            Grace = renewal.Grace,
            Plans = file.Entries("plans").Select(ReadPlan).ToDictionary(plan => plan.Id, StringComparer.OrdinalIgnoreCase),
            ModelsWithoutPlan = Models(file, "models_without_plan"),
            Packs = file.Entries("packs").Select(ReadPack).ToDictionary(pack => pack.Id, StringComparer.OrdinalIgnoreCase),
        };
        file.NoOthers();
        CheckPrices(root, [.. book.Plans.Values, .. book.Packs.Values]);
        return problems.HasErrors ? null : book with { LimitsModels = book.ModelsWithoutPlan.Count > 0 || book.Plans.Values.Any(plan => plan.Models.Count > 0) };
    }

    private (RenewalRule Rule, TimeSpan Grace) Renewal(ObjectReader file)
    {
        if (file.Optional("renewal") is not { } node) return (RenewalRule.Reset, TimeSpan.FromHours(72));
        var reader = new ObjectReader(node, problems);
        var rule = Known<RenewalRule>(reader, "rule");
        var grace = reader.Whole("grace_hours", 72, 0, MostGraceHours);
        reader.NoOthers();
        return (rule, TimeSpan.FromHours(grace));
    }

    private Plan ReadPlan(ConfigMember member)
    {
        var reader = new ObjectReader(member.Value, problems);
        var sold = Sold(member, reader);
        var plan = new Plan(member.Name, sold.Name, sold.Tokens, sold.Cents, sold.Price, Cycle(reader));
        return Checked(plan with
        {
            Models = Models(reader, "models"),
            TargetTokensPerMonth = reader.Whole("target_tokens_per_month", plan.TargetTokensPerMonth, 1, MostTokens),
            AlertTokensPerCycle = reader.Whole("alert_tokens_per_cycle", plan.AlertTokensPerCycle, 1, MostTokens),
        }, reader);
    }

    private Pack ReadPack(ConfigMember member)
    {
        var reader = new ObjectReader(member.Value, problems);
        var sold = Sold(member, reader);
        return Checked(new Pack(member.Name, sold.Name, sold.Tokens, sold.Cents, sold.Price), reader);
    }

    private (string Name, long Tokens, long Cents, string? Price) Sold(ConfigMember member, ObjectReader reader)
    {
        if (!OfferId().IsMatch(member.Name)) problems.Error(member.Place, member.Value.Path, $"\"{member.Name}\" is no id: 1 to 64 of a-z, 0-9, _ -");
        reader.Required("price_usd");
        var cents = reader.Scaled("price_usd", places: 2, MostUsd) ?? 0;
        return (reader.RequiredText("name"), reader.RequiredWhole("tokens", 1, MostTokens), cents, StripePrice(reader));
    }

    private T Checked<T>(T offer, ObjectReader reader) where T : Offer
    {
        reader.NoOthers();
        if (offer.IsBelowMargin)
            problems.Warn(reader.Node, $"{offer.Tokens} tokens for this price leave less than {Offer.LeastMarginPercent}% margin at $20 per 1M tokens");
        return offer;
    }

    private IReadOnlyList<string> Models(ObjectReader reader, string name)
    {
        var models = reader.Texts(name, ModelName().ToString());
        foreach (var model in models.Where(model => !ModelName().IsMatch(model.Text)))
            problems.Error(model, $"\"{model.Text}\" is no model: write its name, or the beginning of one with a * behind it");
        // The one empty list: plans are compared as values.
        return models.Count == 0 ? [] : [.. models.Select(model => model.Text)];
    }

    // { "count": 28, "unit": "day" }
    private BillingCycle Cycle(ObjectReader plan)
    {
        if (plan.Required("every") is not { } node) return default;
        var reader = new ObjectReader(node, problems);
        var cycle = new BillingCycle((int)reader.RequiredWhole("count", 1, MostDays), Known<BillingUnit>(reader, "unit"));
        reader.NoOthers();
        return cycle;
    }

    // price_…, or env:NAME for one that differs between installations.
    private string? StripePrice(ObjectReader reader)
    {
        reader.Describe("stripe_price", ("pattern", "^(price_|env:)."));
        if (reader.Text("stripe_price") is not { } text) return null;
        if (text.StartsWith("env:", StringComparison.Ordinal)) return secret(text[4..].Trim())?.Trim() is { Length: > 0 } id ? id : null;
        if (!text.StartsWith("price_", StringComparison.Ordinal) && reader.Optional("stripe_price") is { } node)
            problems.Error(node, $"\"{text}\" is no Stripe price: write price_… or env:NAME");
        return text;
    }

    private T Known<T>(ObjectReader reader, string name) where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(each => each.ToLowerInvariant()).ToArray();
        reader.Describe(name, ("enum", new JsonArray([.. names.Select(each => JsonValue.Create(each))])));
        if (reader.Required(name) is not { } node) return default;
        if (names.Contains(node.Text)) return Enum.Parse<T>(node.Text, ignoreCase: true);
        problems.Error(node, $"unknown value \"{node.Text}\"{DidYouMean.HintOrList(node.Text, names)}");
        return default;
    }

    // A payment leads to its offer by Stripe's price id alone.
    private void CheckPrices(ConfigNode root, IReadOnlyList<Offer> offers)
    {
        foreach (var same in offers.Where(offer => offer.StripePriceId is not null).GroupBy(offer => offer.StripePriceId).Where(group => group.Count() > 1))
            problems.Error(root, $"{string.Join(" and ", same.Select(offer => offer.Id))} have the same stripe_price");
        foreach (var id in offers.GroupBy(offer => offer.Id, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
            problems.Error(root, $"\"{id.Key}\" is the id of a plan and of a pack");
    }

    [GeneratedRegex(@"^(?=.{1,128}$)[^\s,=*]*\*?$")]
    private static partial Regex ModelName();

    [GeneratedRegex(@"^[a-z0-9_-]{1,64}\z")]
    private static partial Regex OfferId();
}
