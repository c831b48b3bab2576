using AiGateway.Plans;

namespace AiGateway.Pages.Texts;

/// <summary>/dashboard/tokens.</summary>
internal static class TokensTexts
{
    public const string Title = "Add tokens";
    public const string Lead = "Packs never expire. A plan refills by itself.";
    public const string PacksTitle = "Packs";
    public const string PacksLead = "Bought once, kept until used.";
    public const string PlansTitle = "Plans";
    public const string PlansLead = "Tokens for every period; what is left of it ends when the next one begins.";
    public const string Buy = "Buy";
    public const string Choose = "Choose";
    public const string Upgrade = "Upgrade";
    public const string YourPlan = "Your plan";
    public const string Included = "A dearer plan runs already";
    public const string BestValue = "Best value";
    public const string NoOffers = "Nothing is on sale right now.";

    public const string Demo = "This is a demonstration: the checkout takes no money.";
    public const string ReceiptsTitle = "Receipts and payment details";
    public const string ReceiptsText = "Invoices, cards, and changing or ending a plan.";
    public const string Receipts = "Open receipts";
    public const string NoReceiptsTitle = "No receipts yet";
    public const string NoReceipts = "Nothing was bought through Stripe under this account.";

    public const string UnknownTitle = "This is not on sale any more.";
    public const string Unknown = "Please choose from what is here now. Nothing was bought.";
    public const string NotSetUpTitle = "This cannot be bought yet.";
    public const string NotSetUp = "The seller has not finished setting it up. Nothing was bought.";
    public const string SubscribedTitle = "You have this plan, or a larger one.";
    public const string Subscribed = "Changing down and ending a plan is done under receipts and payment details.";
    public const string StoppedTitle = "Buying is stopped for now.";
    public const string Stopped = "One of your payments is disputed at the bank. Once that is decided you can buy again.";
    public const string AwayTitle = "The checkout cannot be reached.";
    public const string Away = "Nothing was bought and nothing was charged. Please try again in a moment.";

    public static string Tokens(long tokens) => $"{Formats.Tokens(tokens)} tokens";

    public static string About(long chats) => $"about {Formats.Tokens(chats)} coach {(chats == 1 ? "chat" : "chats")}";

    public static string ChatNote(long tokens) => $"A coach chat is reckoned at {Formats.Tokens(tokens)} tokens, from what yours usually use.";

    public static string Every(BillingCycle cycle) => (cycle.Count, cycle.Unit) switch
    {
        (1, BillingUnit.Day) => "a day",
        (1, BillingUnit.Month) => "a month",
        (1, BillingUnit.Year) => "a year",
        (var count, BillingUnit.Day) => $"every {count} days",
        (var count, BillingUnit.Month) => $"every {count} months",
        (var count, _) => $"every {count} years",
    };
}
