using System.Globalization;
using System.Text.Json;
using AiGateway.Insights;
using AiGateway.Pages.Texts;
using AiGateway.Pricing;

namespace AiGateway.Pages.Dashboard;

/// <summary>Why a row of the ledger moved as many tokens as it did, in sentences.</summary>
internal static class Explanation
{
    private const string Usage = "usage", Grant = "grant", Removal = "removal";

    /// <summary>In one word.</summary>
    public static string Word(TransactionView row) => row.Entry switch
    {
        Usage => row.UsageSource switch { "reported" => UsageTexts.Measured, "estimated" => UsageTexts.Estimated, _ => UsageTexts.Presumed },
        Grant => UsageTexts.Added,
        Removal => UsageTexts.Removed,
        _ => UsageTexts.Corrected,
    };

    /// <summary>The word's colour.</summary>
    public static string Kind(TransactionView row) => row.Entry switch
    {
        Usage => row.UsageSource == "reported" ? "plain" : "info",
        Grant => "ok",
        Removal => "low",
        _ => "info",
    };

    public static IEnumerable<string> Of(TransactionView row) => row.Entry switch
    {
        Usage => [Figure(row), Source(row)],
        Grant => [Given(row)],
        Removal => [Taken(row)],
        _ => [UsageTexts.CorrectionWhy],
    };

    /// <summary>What else is known: the model, the request, and what the app noted with it.</summary>
    public static IReadOnlyList<(string Name, string Value)> Details(TransactionView row)
    {
        var details = new List<(string, string)>();
        if (row.OpenaiModel is { } model)
            details.Add((UsageTexts.Model, model));
        if (row.RequestId is { } request)
            details.Add((UsageTexts.Request, request));
        if (row.Metadata is { ValueKind: JsonValueKind.Object } noted)
            details.AddRange(noted.EnumerateObject().Select(member => (member.Name, member.Value.ToString())));
        return details;
    }

    private static string Figure(TransactionView row) =>
        row.TokensUsed == 0 ? UsageTexts.FreeWhy
        : IsCounted(row) ? UsageTexts.Sum(row.PromptTokens, row.CachedTokens, row.CompletionTokens, row.ReasoningTokens, row.TokensUsed)
        : PriceBook.TokensFor(row.CostNanoUsd) == row.TokensUsed ? UsageTexts.Worth(Usd(row.CostNanoUsd), row.TokensUsed)
        : UsageTexts.Flat(row.TokensUsed);

    /// <summary>What was read and what was written make up the charge; a figure that nobody counted stands as read alone.</summary>
    private static bool IsCounted(TransactionView row) =>
        row.PromptTokens + row.CompletionTokens == row.TokensUsed && (row.UsageSource == "reported" || row.CompletionTokens > 0);

    private static string Source(TransactionView row) => row.UsageSource switch
    {
        "reported" => UsageTexts.MeasuredWhy,
        "estimated" => UsageTexts.EstimatedWhy,
        _ => UsageTexts.PresumedWhy,
    };

    private static string Given(TransactionView row) => row.ActionType switch
    {
        "subscription_grant" or "renewal_grant" => UsageTexts.PlanWhy,
        "token_pack" => UsageTexts.PackWhy,
        _ => UsageTexts.GiftWhy,
    };

    private static string Taken(TransactionView row) => row.ActionType switch
    {
        "expiry" => UsageTexts.ExpiryWhy,
        "refund" => UsageTexts.RefundWhy,
        "dispute" => UsageTexts.DisputeWhy,
        _ => UsageTexts.RemovalWhy,
    };

    private static string Usd(long nanoUsd) => "$" + (nanoUsd / 1_000_000_000m).ToString("0.00####", CultureInfo.InvariantCulture);
}
