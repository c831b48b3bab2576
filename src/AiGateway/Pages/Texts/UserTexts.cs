namespace AiGateway.Pages.Texts;

/// <summary>/admin/users.</summary>
internal static class UserTexts
{
    public const string Title = "Users";
    public const string Lead = "Everybody who ever had tokens or made a call, in the order of their ids.";
    public const string Search = "Search by id";
    public const string NewId = "New user's id";
    public const string Open = "Open account";
    public const string NoneFound = "No user is like this.";
    public const string ToFirst = "Back to the first";
    public const string More = "More users";
    public const string Pages = "Pages of this list";
    public const string ToAll = "All users";
    public const string NoneTitle = "No such user";
    public const string None = "Nobody with this id ever had tokens or made a call.";

    public const string Active = "Active";
    public const string Suspended = "Suspended";
    public const string Frozen = "Frozen";
    public const string Low = "Low";
    public const string Depleted = "No tokens";
    public const string Balance = "Balance";
    public const string Left = "Left of the allocation";
    public const string Held = "Held";
    public const string Since = "Since";

    public const string Figures = "This user's tokens";
    public const string Allocation = "Allocation";
    public const string AllocationNote = "granted for this period";
    public const string Used = "Used this period";
    public const string CallOpen = "call under way";
    public const string CallsOpen = "calls under way";
    public const string Requests = "Requests";
    public const string Suspend = "Suspend";
    public const string Resume = "Resume";
    public const string SuspendedTitle = "This user is suspended.";
    public const string SuspendedText = "Calls are refused with 403 user_suspended on every node. Tokens stay as they are.";

    public const string Timeline = "What happened";
    public const string Csv = "Download as CSV";
    public const string What = "What";
    public const string After = "Balance after";
    public const string NoRows = "Nothing yet: no tokens were granted, and no call was charged.";

    public const string Grant = "Grant tokens";
    public const string Take = "Take tokens";
    public const string HowMany = "Tokens";
    public const string As = "As";
    public const string Expires = "Until (UTC, optional)";
    public const string Why = "Reason (optional, kept in the ledger)";
    public const string WhyTaken = "Reason (kept in the ledger)";

    public const string BadTokens = "Tokens must be a whole number from 1 to 1,000,000,000,000. Nothing was changed.";
    public const string BadKind = "This is no kind of grant. Nothing was changed.";
    public const string BadDay = "The day must lie in the future. Nothing was changed.";
    public const string BadReason = "Give a reason of at most 500 characters. Nothing was changed.";
    public const string SentBefore = "This form was sent before, with other content. Nothing more was changed.";

    public static string BadId(string wrong) => $"The user's id {wrong} Nothing was changed.";
    public static string NotSoMany(long available) => $"Only {Formats.Tokens(available)} tokens are free to take. Nothing was changed.";
    public static string LeftOf(string user) => $"Left of {user}'s allocation";
    public static string Share(int percent) => $"{percent}% left";
    public static string PlanOf(string? plan) => plan is null ? "No plan" : $"Plan: {plan}";
    public static string Resets(DateTime at) => $"resets {Formats.Day(at)}";

    public static string Kind(string action) => action switch
    {
        "promo_grant" => "a gift",
        "trial_grant" => "a trial",
        "adjustment" => "an adjustment",
        "token_pack" => "a pack that was paid elsewhere",
        _ => action,
    };

    /// <returns>Null: the word is none of ours.</returns>
    public static string? Done(string? word) => word switch
    {
        "granted" => "The tokens are granted.",
        "taken" => "The tokens are taken.",
        "suspended" => "The user is suspended.",
        "resumed" => "The user can call again.",
        "revoked" => "The key is revoked, on every node within a second.",
        _ => null,
    };
}
