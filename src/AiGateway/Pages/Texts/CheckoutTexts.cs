namespace AiGateway.Pages.Texts;

/// <summary>The page that a buyer comes back to.</summary>
internal static class CheckoutTexts
{
    public const string Confirmed = "Confirmed";
    public const string Processing = "Still processing";
    public const string Failed = "Not paid";
    public const string Expired = "Expired";
    public const string Refunded = "Refunded";
    public const string Cancelled = "Cancelled";

    public const string ProcessingText = "Your payment is on its way. This page looks again by itself; you may also close it, your tokens come either way.";
    public const string FailedText = "The payment did not go through. Nothing was charged and nothing was added.";
    public const string ExpiredText = "This purchase was not finished in time. Nothing was charged. You can begin a new one.";
    public const string RefundedText = "You have a running plan already, so this second one was cancelled. Your money is on its way back.";
    public const string CancelledText = "Nothing was bought and nothing was charged.";
    public const string NotFoundTitle = "No such purchase";
    public const string NotFound = "This link does not lead to a purchase.";

    public const string ToBalance = "See my balance";
    public const string ToTokens = "Back to packs and plans";

    public static string ConfirmedText(long tokens) => $"{Formats.Tokens(tokens)} tokens were added to your balance. Enjoy creating.";
}
