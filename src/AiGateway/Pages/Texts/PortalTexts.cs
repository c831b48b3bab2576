namespace AiGateway.Pages.Texts;

/// <summary>How an end user comes in and goes.</summary>
internal static class PortalTexts
{
    public const string SignInTitle = "Open your balance from the app";
    public const string SignIn = "For your safety this page knows you for 15 minutes only. Go back to the app and follow its link to your balance; no password is needed.";

    public const string LinkOverTitle = "This link is over";
    public const string LinkOver = "Links to a balance work for 15 minutes. Go back to the app and follow its link again.";

    public const string GoneTitle = "There is no such account";
    public const string Gone = "It was closed while this page was open. If that surprises you, please write to the app's support.";

    public const string SignedOutTitle = "You are signed out";
    public const string SignedOut = "Nobody can see your balance in this browser now. To come back, follow the link in the app.";
}
