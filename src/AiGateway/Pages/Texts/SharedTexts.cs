namespace AiGateway.Pages.Texts;

/// <summary>English of what all pages have. Every word that a page shows stands in this folder; those of the widgets stand at the head of aigateway.js.</summary>
internal static class SharedTexts
{
    public const string Product = "AiGateway";
    public const string SkipToContent = "Skip to content";
    public const string SignOut = "Sign out";

    public const string MenuLabel = "Pages";
    public const string MenuBalance = "Balance";
    public const string MenuUsage = "Usage";
    public const string MenuTokens = "Add tokens";
    public const string MenuToday = "Today";
    public const string MenuRequests = "Requests";
    public const string MenuUsers = "Users";
    public const string MenuInsights = "Insights";
    public const string MenuConnect = "Connect";
    public const string MenuKeys = "Keys";
    public const string MenuRoutes = "Routes";
    public const string MenuPrices = "Prices";
    public const string MenuStripe = "Payments";
    public const string MenuAudit = "Books";

    public const string TimesAreUtc = "Times are UTC.";
    public const string ShowTable = "Show as a table";
    public const string More = "Older";
    public const string BackToNewest = "Back to the newest";
    public const string Copy = "Copy";
    public const string Copied = "Copied";
    public const string Close = "Close";

    public const string StaleFormTitle = "Please try again";
    public const string StaleForm = "This form was open for too long, or did not come from this page. Nothing was changed. Go back, reload the page and send it again.";

    public const string FailedTitle = "Something went wrong";
    public const string Failed = "This page could not be made. Nothing was changed and nothing was charged. Try again in a moment.";

    public const string LedgerAwayTitle = "Back in a moment";
    public const string LedgerAway = "Balances cannot be read right now. Nothing is lost and nothing was charged. This page looks again by itself.";
}
