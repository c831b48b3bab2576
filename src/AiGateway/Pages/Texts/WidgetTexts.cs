namespace AiGateway.Pages.Texts;

/// <summary>/widgets/demo. What the widgets say themselves stands at the head of aigateway.js.</summary>
internal static class WidgetTexts
{
    public const string Title = "Widgets";
    public const string Lead = "Six plain elements, one module, no framework. Each is shown here in every state, with the HTML that shows it.";

    public const string SetupTitle = "Put them on your page";
    public const string Setup = "A token for one user, the module, and the elements. Name your site in Cors__AllowedOrigins.";
    public const string ServerTitle = "Get the token";
    public const string Server = "On your server, with the app key, which never goes to a browser. A token is good for 15 minutes.";
    public const string ScriptTitle = "Ask before, tell after";
    public const string Script = "The balance changes at once from the headers of the answer.";
    public const string StyleTitle = "Make them yours";
    public const string Style = "By custom properties and parts; texts by configure({ texts }).";

    public const string TryTitle = "Try the dialogs";
    public const string TryEstimate = "Estimate";
    public const string TryToast = "Toast";
    public const string TryLow = "Low balance";
    public const string TryRefused = "Refused call";
    public const string SaidYes = "The user said: use tokens.";
    public const string SaidNo = "The user said: cancel.";
    public const string LowTitle = "You're running low";
    public const string LowText = "You have 412,000 tokens left. Your next actions still work.";
    public const string What = "Your blueprint";

    public const string Balance = "What is left, as a figure and a bar. It looks again every 15 seconds (poll=\"15\") while the page is seen.";
    public const string Estimate = "Before an action: ask({ action }), ask({ path, body }) or ask({ tokens }) opens a dialog and answers true or false. Here it stands inline.";
    public const string Toast = "After an action: apply(response) shows it for 8 seconds (seconds=\"8\").";
    public const string LowBalance = "Opens by itself: once a threshold and session when the balance is low, and whenever a call was refused for want of tokens.";
    public const string Usage = "The last 30 days (days=\"30\").";
    public const string Buy = "Packs and plans; the button leads to the checkout.";

    public const string Ok = "ok";
    public const string Low = "low";
    public const string Depleted = "depleted";
    public const string Error = "error";
    public const string Loading = "loading";
    public const string Unknown = "cost unknown";
    public const string Refused = "refused";
    public const string Empty = "empty";

}
