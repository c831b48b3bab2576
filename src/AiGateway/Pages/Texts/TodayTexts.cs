namespace AiGateway.Pages.Texts;

/// <summary>/admin.</summary>
internal static class TodayTexts
{
    public const string Title = "Today";
    public const string Lead = "Since midnight, UTC. The figures keep themselves up to date.";
    public const string Connect = "Connect an app";

    public const string Figures = "Figures of today";
    public const string Calls = "Calls charged";
    public const string Tokens = "Tokens used";
    public const string Users = "Active users";
    public const string Cost = "Provider cost";
    public const string Holds = "Open holds";
    public const string Refused = "Refused by us";
    public const string Errors = "Provider errors";
    public const string Webhook = "Payment events behind";
    public const string RefusedNote = "nothing was charged";
    public const string ErrorsNote = "answers of 400 and above";
    public const string NothingHeld = "no call is under way";
    public const string NoLag = "none";

    public const string Chart = "Tokens used, last 30 days";
    public const string Day = "Day";
    public const string TokensHead = "Tokens";
    public const string Reasons = "What was refused, and why";
    public const string Reason = "Reason";
    public const string Times = "Times";
    public const string NoRefusals = "Nothing was refused today, and the provider answered every call.";

    public const string BooksTitle = "The books do not balance.";
    public const string ParkedTitle = "Payments wait for you.";
    public const string UnpricedTitle = "A price is missing.";
    public const string ToAudit = "See what was found";
    public const string ToRoutes = "See the file";
    public const string ToPrices = "See prices";
    public const string ToStripe = "See events";

    public const string SetupTitle = "Before you go live";
    public const string Open = "Open";
    public const string Done = "(done)";
    public const string ToDo = "(to do)";
    public const string StepProvider = "Connect your provider";
    public const string ProviderDemo = "The built-in demo provider answers. Set OPENAI_API_KEY, or OPENAI_BASE_URL, and start again.";
    public const string StepKey = "Make a key for your app";
    public const string KeyMissing = "An app key stays on your server and names its user on each call.";
    public const string StepCall = "Send a first call";
    public const string CallSeen = "Calls have been charged.";
    public const string CallMissing = "Paste one of the examples, or send a test call from the page.";
    public const string StepStripe = "Connect Stripe";
    public const string StripeOn = "A key is set. Events need STRIPE_WEBHOOK_SECRET as well.";
    public const string StripeDemo = "The demo checkout sells, and takes no money. Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET.";
    public const string StepOffers = "Give plans and packs their prices at Stripe";
    public const string OffersDemo = "With Stripe connected, run: stripe setup";
    public const string StepPrices = "Have a price for every model in use";
    public const string PricesWhole = "Every model in the ledger has one.";
    public const string PricesMissing = "Models without a price are charged at the ceiling, and margins stay unknown.";
    public const string StepAlerts = "Hear of trouble";
    public const string AlertsOn = "Alerts go to a webhook or by mail, and to the log.";
    public const string AlertsOff = "Alerts only reach the log. Set Alerts__WebhookUrl or Alerts__SmtpHost.";
    public const string StepAudit = "Have the books checked";
    public const string AuditNever = "Nobody has checked them yet. It reads the whole ledger and changes nothing.";

    public static string Yesterday(string value) => $"{value} yesterday";
    public static string Held(string tokens, string age) => $"{tokens} held, the oldest for {age}";
    public static string Waiting(int waiting, int parked) => $"{waiting} waiting, {parked} parked";
    public static string FromProvider(string code) => int.TryParse(code, out _) ? $"Provider answered {code}" : $"Provider: {code}";
    public static string Books(long violations, DateTime at) => $"The check of {Formats.Time(at)} found {Formats.Count(violations, "violation", "violations")}.";
    public static string EditTitle(string file) => $"An edit of {file} was refused.";
    public static string Edit(string place) => $"The last good version keeps serving. {place}";
    public static string Parked(int count) => $"{Formats.Count(count, "event of Stripe's is", "events of Stripe's are")} parked, because nobody knows whose they are.";
    public static string Unpriced(IReadOnlyList<string> models) => $"{string.Join(", ", models)}: charged at the ceiling price, and margins are incomplete.";
    public static string SetupDone(int done, int all) => $"{done} of {all} done";
    public static string ProviderAt(string address) => $"Calls go to {address}.";
    public static string Keys(int count) => $"{Formats.Count(count, "app key is", "app keys are")} live.";
    public static string Offers(int done, int all) => $"{done} of {all} have one. Run: stripe setup";
    public static string AuditAt(DateTime at, long violations) => violations == 0 ? $"They balanced on {Formats.Time(at)}." : $"On {Formats.Time(at)} they did not.";
}
