using AiGateway.Billing;
using AiGateway.Insights;

namespace AiGateway.Pages.Texts;

/// <summary>/admin/insights. What a figure means is what CONTRACT 7 and decision 0013 say.</summary>
internal static class InsightTexts
{
    public const string Title = "Insights";
    public const string Spans = "Spans of time";
    public const string ThisMonth = "This month";
    public const string LastMonth = "Last month";
    public const string SixtyDays = "Last 60 days";
    public const string Behind = "The rows behind it";
    public const string Means = "What this means";
    public const string NoCalls = "No call was charged in this time.";

    public const string IncompleteTitle = "Margins are incomplete.";

    public const string Average = "Average tokens per user";
    public const string AverageMeans = "Tokens of settled calls divided by the users who had one, by month and by the plan that they had paid for in that month. A user who changed plans counts in both. The target is the plan's target_tokens_per_month.";
    public const string Month = "Month";
    public const string Plan = "Plan";
    public const string AverageShort = "Average";
    public const string Everybody = "Everybody";

    public const string Dearest = "Most expensive actions";
    public const string DearestMeans = "Settled calls by their action type, by what the provider's price list says that they cost. The bar is the share of the cost of all of them.";
    public const string Calls = "Calls";

    public const string Power = "Power users";
    public const string PowerMeans = "Users beyond 80% of what they were granted for the period that runs now, whatever span is shown. An offer opens a checkout in the user's name; nothing is sold before the user pays there.";
    public const string OfferMore = "Offer more";
    public const string Top = "Most tokens in this time";

    public const string Cogs = "COGS";
    public const string CogsMeans = "What the provider costs, usage and corrections, divided by what was earned over the same time. A payment earns evenly over the period that it paid for, a pack on the day it was bought; what was refunded or lost in a dispute was never earned.";
    public const string CogsTrend = "COGS by week";
    public const string Spent = "Provider cost";
    public const string Earned = "Revenue";
    public const string Provider = "Provider's own report";

    public const string Margin = "Margin";
    public const string MarginMeans = "What is left of each dollar earned after the provider is paid: 100% less COGS. The projection takes the month so far and the average of the last whole days for those to come.";
    public const string MarginTrend = "Margin by week";
    public const string ProjectedTokens = "Tokens";
    public const string ProjectedCost = "Provider cost";
    public const string ProjectedRevenue = "Revenue";

    public const string Weeks = "Week by week";
    public const string Week = "Week of";
    public const string PartWeek = "not a whole week";

    public const string Alerts = "Alerts";
    public const string LogOnly = "To the log only";
    public const string NoAlerts = "Nothing has called for one.";
    public const string AlertsMean = "Raised once for each user, threshold and period: a user beyond the plan's figure, a margin below 80%, a model without a price, books that do not balance.";

    public const string OfferTitle = "Here is the offer";
    public const string NoOfferTitle = "No offer was made";
    public const string NothingSold = "plans.json sells nothing larger.";
    public const string CheckoutAway = "The checkout cannot be reached right now. Nothing was changed.";
    public const string Back = "Back";

    public static string Lead(DateOnly from, DateOnly to) => $"{Formats.Day(from)} to {Formats.Day(to)}, UTC";
    public static string Incomplete(IReadOnlyList<string> why) => $"Percentages are not shown, because there is {string.Join("; ", why)}. The cost is what the ceiling price makes of it.";
    public static string OfTarget(string target) => $"of {target}";
    public static string OfTargetSpoken(int percent) => $"{percent}% of the target";
    public static string OfCost(int percent) => $"{percent}% of the cost";
    public static string BehindOf(string title) => $"The rows behind: {title}";
    public static string PowerWord(int count) => count == 1 ? "user is near the end" : "users are near the end";
    public static string To(string user) => $"to {user}";
    public static string Budget(decimal percent) => $"of a budget of {percent:0}%";
    public static string Target(decimal percent) => $"target {percent:0}%";
    public static string Projection(string month) => $"Projected for {month}";

    public static string TargetKind(bool? isWithin) => isWithin switch { true => "ok", false => "bad", null => "plain" };
    public static string TargetWord(bool? isWithin) => isWithin switch { true => "Within target", false => "Above target", null => "No target" };

    public static string State(string state) => state switch { "incomplete" => "Incomplete", "no_revenue" => "No revenue", "over_budget" => "Over budget", _ => "Fine" };
    public static string Judgement(string state, bool isMargin) => state switch
    {
        "incomplete" => "A price is missing",
        "no_revenue" => "Nothing earned yet",
        "over_budget" => isMargin ? "Below target" : "Over budget",
        _ => isMargin ? "On target" : "Within budget",
    };
    public static string MoneyKind(string state) => state switch { "ok" => "ok", "over_budget" => "bad", "incomplete" => "low", _ => "info" };

    public static string Comparison(ProviderComparison report) => report.State switch
    {
        "off" => "set OPENAI_ADMIN_KEY to compare",
        "ok" => $"${report.ProviderUsd} over {Formats.Count(report.Days, "day", "days")}, {report.DifferencePercent:0.##}% apart from ours",
        _ => $"not available: {report.Why}",
    };

    public static string SentKind(string state) => state switch { "sent" => "ok", "waiting" => "info", _ => "bad" };
    public static string Sent(string state) => state switch { "sent" => "Told", "waiting" => "On its way", _ => "Could not be sent" };

    public static string Offer(string user, string offer, string tokens, string price) => $"Send this link to {user}: {offer}, {tokens} tokens for {price}. It leads to the checkout, and takes the place of one that this user may have open.";

    public static string NotOpened(PurchaseOutcome why) => why switch
    {
        PurchaseOutcome.AlreadySubscribed => "This user runs that plan, or a dearer one.",
        PurchaseOutcome.NotSetUp => "The offer has no price at Stripe yet: run stripe setup.",
        PurchaseOutcome.Stopped => "A payment of this user is disputed. Nothing is sold until that is decided.",
        PurchaseOutcome.Upgraded => "The subscription was moved to the dearer plan at once; its invoice is on the way.",
        _ => "plans.json sells no such thing.",
    };
}
