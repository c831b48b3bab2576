namespace AiGateway.Pages.Texts;

/// <summary>/dashboard/usage.</summary>
internal static class UsageTexts
{
    public const string Title = "Usage";
    public const string From = "From";
    public const string To = "To";
    public const string Action = "Action";
    public const string AllActions = "All actions";
    public const string Show = "Show";
    public const string Filters = "Filters";
    public const string Presets = "Periods";

    public const string DaysTitle = "Tokens by day";
    public const string Day = "Day";
    public const string Tokens = "Tokens";
    public const string ActionsTitle = "By action";
    public const string Times = "Times";
    public const string Average = "On average";

    public const string ListTitle = "Every movement";
    public const string Time = "Time";
    public const string Status = "Status";
    public const string After = "Balance after";
    public const string NoRows = "Nothing moved in these days. Choose a longer period.";
    public const string Why = "Why this many?";
    public const string Csv = "Download CSV";
    public const string Json = "Download JSON";

    public const string BadTitle = "These filters do not work.";
    public const string BadDay = "Days are written as 2027-01-31.";
    public const string BadCursor = "This page of the list does not exist any more.";

    public const string Measured = "Measured";
    public const string Estimated = "Estimated";
    public const string Presumed = "Presumed";
    public const string Added = "Added";
    public const string Removed = "Removed";
    public const string Corrected = "Corrected";

    public static string LastDays(int days) => $"{days} days";

    public static string Summary(long tokens, long calls) => $"{Formats.Tokens(tokens)} tokens in {Formats.Count(calls, "action", "actions")}";

    // Every charge explains itself.
    public const string PresumedWhy = "The end of this action was not seen, so it was charged what it was expected to use at most. If the true figure arrives, a correction gives back the difference.";
    public const string EstimatedWhy = "The AI provider did not say how much was used, so it was worked out from the text that went in and came out.";
    public const string MeasuredWhy = "Counted by the AI provider itself.";
    public const string FreeWhy = "This action used no tokens.";
    public const string CorrectionWhy = "The true figure of an earlier action arrived. This is the difference to what had been charged for it.";
    public const string ExpiryWhy = "These tokens had an end date, and it has passed.";
    public const string RefundWhy = "A payment was given back, and the tokens that it had bought went with it.";
    public const string DisputeWhy = "A payment is disputed at the bank. The tokens that it had bought wait until that is decided.";
    public const string RemovalWhy = "Taken back by the operator.";
    public const string PlanWhy = "Your plan's tokens for this period.";
    public const string PackWhy = "A pack that you bought. These tokens never expire.";
    public const string GiftWhy = "Given to you.";

    public static string Sum(long read, long cached, long written, long reasoning, long total) =>
        $"{Formats.Tokens(read)} tokens read{(cached > 0 ? $" ({Formats.Tokens(cached)} of them remembered)" : "")} + "
        + $"{Formats.Tokens(written)} written{(reasoning > 0 ? $" ({Formats.Tokens(reasoning)} of them thinking)" : "")} = {Formats.Tokens(total)}.";

    public static string Worth(string usd, long tokens) =>
        $"Pictures, sound and film are not counted in tokens: this cost {usd}, which at $20 per million tokens is {Formats.Tokens(tokens)} tokens.";

    public static string Flat(long tokens) => $"Charged as a whole: {Formats.Tokens(tokens)} tokens.";

    public const string Model = "Model";
    public const string Request = "Request";
    public const string Details = "Details";
}
