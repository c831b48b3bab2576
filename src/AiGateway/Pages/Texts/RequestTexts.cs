using System.Globalization;
using AiGateway.Insights;

namespace AiGateway.Pages.Texts;

/// <summary>/admin/requests.</summary>
internal static class RequestTexts
{
    public const string Title = "Requests";
    public const string Lead = "Every call that was charged, and for a week those that were not.";
    public const string FindById = "X-AiGateway-Request-Id";
    public const string Find = "Find";
    public const string Kinds = "Which requests";
    public const string From = "From";
    public const string To = "To";
    public const string How = "How we know";
    public const string HeldTokens = "Held";

    public static readonly IReadOnlyList<(string Show, string Text)> Shows = [("charged", "Charged"), ("open", "Under way"), ("free", "Not charged")];

    public const string One = "Request";
    public const string ToAll = "All requests";
    public const string NoneTitle = "No such request";
    public const string None = "No call has this id, or it is more than a week ago and cost nothing.";
    public const string ClosedTitle = "This hold is closed";
    public const string Closed = "It was charged or freed in the meantime. Nothing was changed.";
    public const string Release = "Free the hold";
    public const string Released = "The hold is free. Nothing was charged.";
    public const string OpenTitle = "This call is under way.";
    public const string Open = "Its charge comes with its end. Free the hold only if you know that the provider did nothing: what it still reports is charged all the same.";

    public const string Figures = "This request";
    public const string Charged = "Charged";
    public const string HoldGone = "holds are kept for a week";
    public const string Lines = "Price lines";
    public const string What = "What";
    public const string Quantity = "Quantity";
    public const string Rate = "Price";
    public const string Units = "What was used is priced by the piece, the minute or the character, and booked as its worth in tokens.";
    public const string Row = "Ledger row";
    public const string Metadata = "Metadata";
    public const string NotYet = "Nothing is charged yet.";
    public const string NoCharge = "It cost nothing: the hold was freed.";
    public const string Course = "From hold to charge";
    public const string StepEnds = "Runs out at the latest";

    public static string Nothing(string show) => show switch
    {
        "open" => "No call is under way.",
        "free" => "Every call of the last week was charged.",
        _ => "No charged call is like this.",
    };

    /// <param name="state">A hold's state, or how its usage is known.</param>
    public static string State(string state) => state switch
    {
        "reported" => "Reported",
        "estimated" => "Estimated",
        "presumed" => "Presumed",
        "settled" => "Charged",
        "released" => "Freed",
        "expired" => "Ran out",
        "held" or "dispatched" => "Under way",
        _ => state,
    };

    public static string Kind(string state) => state switch { "reported" or "settled" => "ok", "estimated" or "presumed" => "low", "held" or "dispatched" => "info", _ => "plain" };

    public static string Ratio(long used, long held) => held <= 0 || used <= 0 ? "nothing of it was used" : string.Create(CultureInfo.InvariantCulture, $"{100m * used / held:0.#}% of it was used");

    public static string ChargeTitle(string entry) => entry == "correction" ? "Correction" : "Charge";

    public static string Per(decimal rate, string unit) => string.Create(CultureInfo.InvariantCulture, $"${rate:0.######} / {unit}");

    public static string OtherPrices(string? version) => $"These lines are by the price list of today. What was booked, in the row below, is by version {version ?? "?"} or another service tier.";

    public static string StepHeld(long tokens) => $"{Formats.Tokens(tokens)} tokens held";
    public static string StepFreed(string state) => state == "expired" ? "Ran out before it went up; nothing was charged" : "Freed; nothing was charged";
    public static string StepBooked(string entry, string change) => $"{(entry == "correction" ? "Corrected" : "Charged")}: {change}";
    public static string Leaves(long balance) => $"leaves {Formats.Tokens(balance)}";

    public static IEnumerable<(string Name, string Value)> Fields(TransactionView row)
    {
        yield return ("id", row.Id.ToString());
        yield return ("seq", Formats.Tokens(row.Seq));
        yield return ("created_at", Formats.Iso(row.CreatedAt));
        yield return ("entry", row.Entry);
        yield return ("tokens_used", Formats.Tokens(row.TokensUsed));
        yield return ("tokens_remaining", Formats.Tokens(row.TokensRemaining));
        yield return ("prompt_tokens", Formats.Tokens(row.PromptTokens));
        yield return ("completion_tokens", Formats.Tokens(row.CompletionTokens));
        yield return ("cached_tokens", Formats.Tokens(row.CachedTokens));
        yield return ("reasoning_tokens", Formats.Tokens(row.ReasoningTokens));
        yield return ("estimated_cost_usd", row.EstimatedCostUsd);
        yield return ("cost_nano_usd", Formats.Tokens(row.CostNanoUsd));
        yield return ("price_version", row.PriceVersion ?? OperatorTexts.None);
        yield return ("source_key", row.SourceKey ?? OperatorTexts.None);
    }
}
