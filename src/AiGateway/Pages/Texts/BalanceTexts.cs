namespace AiGateway.Pages.Texts;

/// <summary>/dashboard.</summary>
internal static class BalanceTexts
{
    public const string Title = "Your Creation Balance";
    public const string Remaining = "tokens remaining";
    public const string Ok = "Plenty";
    public const string Low = "Low";
    public const string Depleted = "No tokens left";
    public const string New = "New";
    public const string NewTitle = "Welcome.";
    public const string AddTokens = "Add tokens";

    public const string Resets = "Resets";
    public const string PeriodEnds = "Month ends";
    public const string Used = "Used so far";
    public const string Held = "Held";
    public const string HeldNote = "by actions that are running";
    public const string Plan = "Plan";
    public const string NoPlan = "None";

    public const string LowTitle = "You're running low.";
    public const string LowText = "Your next actions still work; a refill keeps them coming.";
    public const string DepletedTitle = "No tokens left.";
    public const string PendingTitle = "Your renewal is on its way.";
    public const string PendingText = "The payment for the next period has not arrived yet. What is left stays usable meanwhile.";
    public const string SuspendedTitle = "This account is paused.";
    public const string SuspendedText = "Nothing is charged while it is. Please write to the app's support.";

    public const string DialogTitle = "You've used all your tokens";
    public const string DialogText = "Nothing is lost, and what could not be done was not charged. Add tokens and go on where you were.";
    public const string DialogClose = "Not now";

    public const string SourcesTitle = "Where they come from";
    public const string FromPlan = "Plan";
    public const string FromPacks = "Purchased";
    public const string FromGifts = "Gifts";
    public const string NeverExpire = "never expire";
    public const string NoneLeft = "none";
    public const string UsedFirst = "Gifts are used first, then your plan, then what you bought.";
    public const string SoonTitle = "Expiring soon";

    public const string Old = "Balance unavailable. What is shown below is the last that was seen; it is looked at again by itself.";

    public const string LastTitle = "Last actions";
    public const string LastAll = "See all usage";
    public const string LastNone = "Nothing yet. What you create will show up here, with what it used.";

    public static string Spoken(long balance, int percent) => $"{Formats.Tokens(balance)} tokens remaining, {percent}% of your allocation";

    public static string Share(int percent, long allocation) => $"{percent}% of {Formats.Compact(allocation)}";

    public static string DepletedText(DateTime? refill) =>
        refill is { } at ? $"Your plan refills on {Formats.Day(at)}. Until then, a pack gets you going at once." : "A pack or a plan gets you going at once.";

    public static string Overdrawn(long tokens) => $"Your last action used {Formats.Tokens(tokens)} more than was left. The next tokens cover that first.";

    public static string Until(DateTime at) => $"until {Formats.Day(at)}";

    public static string Soon(long tokens, DateTime at) => $"{Formats.Tokens(tokens)} tokens on {Formats.Day(at)}";
}
