namespace AiGateway.Pages.Texts;

internal static class LandingTexts
{
    public const string Title = "Your AI, metered fairly";
    public const string Lead = "This gateway stands between an app and its AI provider. It counts what every call really used, to the token, and never charges twice.";

    public const string UsersTitle = "You use an app";
    public const string Users = "Your Creation Balance opens from inside that app: look for “Balance” or “Tokens” there. A link from the app signs you in, no password needed.";
    public const string UsersLink = "Open my balance";

    public const string DevelopersTitle = "You build one";
    public const string Developers = "Point any OpenAI client at this address. Nothing else changes.";
    public const string DevelopersWidgets = "See the widgets";

    public const string OperatorsTitle = "You run this gateway";
    public const string Operators = "Users, requests, prices and margins are in the operator's pages.";
    public const string OperatorsLink = "Open the operator's pages";
}
