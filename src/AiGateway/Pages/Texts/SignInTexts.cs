namespace AiGateway.Pages.Texts;

/// <summary>The operator's sign-in.</summary>
internal static class SignInTexts
{
    public const string Operator = "Operator";

    public const string Title = "Sign in to operate this gateway";
    public const string Lead = "With the admin key, the value of Admin__Key. The session lasts for eight hours.";
    public const string Key = "Admin key";
    public const string Button = "Sign in";
    public const string Link = "In development the gateway prints a link at its start that signs you in once.";

    public const string WrongKey = "This is not the admin key.";
    public const string TooOften = "Too many tries. Wait a minute, then try again.";
    public const string LinkUsed = "This link was used already, or is of another start. Sign in with the admin key, which the gateway prints beside the link.";

    public const string InTitle = "You are signed in";
    public const string Onwards = "Open the operator's pages";

    public const string OverTitle = "Your session is over";
    public const string Over = "Nothing was changed. Sign in, and send it again.";
}
