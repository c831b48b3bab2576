using AiGateway.Insights;

namespace AiGateway.Pages.Texts;

/// <summary>/admin/stripe.</summary>
internal static class StripeTexts
{
    public const string Title = "Payments";
    public const string Lead = "What Stripe sent, and what became of it. An event that is sent again, or out of order, changes nothing.";
    public const string LeadDemo = "No Stripe key is set: the demo checkout sells, takes no money, and signs its events as Stripe would.";
    public const string Figures = "How payments stand";
    public const string Waiting = "Waiting";
    public const string Parked = "Parked";
    public const string ParkedNote = "until you say whose they are";
    public const string Live = "Subscriptions";
    public const string LiveNote = "running now";
    public const string Disputes = "Open disputes";
    public const string DisputesNote = "what is unused is frozen";
    public const string Which = "Which events";
    public const string None = "No event is like this.";
    public const string Try = "try";
    public const string Tries = "tries";
    public const string LinkTo = "This customer is user";
    public const string Link = "Link";
    public const string Replay = "Apply again";
    public const string BadCustomer = "A customer's id begins with cus_. Nothing was changed.";
    public const string GoneTitle = "No such event";
    public const string Gone = "It never came in here. Nothing was changed.";

    public static string Lag(StripeSummary summary) => summary.Waiting == 0
        ? summary.LastReceivedAt is { } at ? $"the last came {Formats.Time(at)}" : "none came yet"
        : $"the oldest for {summary.LagSeconds} s";

    public static string Word(string state) => state switch { "waiting" => "Waiting", "applied" => "Applied", "parked" => "Parked", "ignored" => "Not ours", _ => state };

    public static string Kind(string state) => state switch { "applied" => "ok", "waiting" => "info", "parked" => "low", _ => "plain" };

    public static string? Done(string? word) => word switch
    {
        "replayed" => "The event waits to be applied again. What it did already stays done once.",
        "linked" => "The customer is linked, and what waited for it is applied.",
        _ => null,
    };
}
