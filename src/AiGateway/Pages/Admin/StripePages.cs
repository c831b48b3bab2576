using AiGateway.Accounts;
using AiGateway.Billing;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Pages.Shared;
using AiGateway.Pages.Texts;

namespace AiGateway.Pages.Admin;

/// <summary>/admin/stripe: what Stripe sent and what became of it; events again, and customers linked to users.</summary>
internal static class StripePages
{
    private const int RowsShown = 25;

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/stripe", (StripeReader stripe, SetupFacts facts, string? state, string? after, string? done, CancellationToken cancel) => ShowAsync(stripe, facts, state, after, done, null, cancel));
        pages.MapPost("/stripe/replay", ReplayAsync);
        pages.MapPost("/stripe/link", LinkAsync);
    }

    private static async Task<IResult> ShowAsync(StripeReader stripe, SetupFacts facts, string? state, string? after, string? done, string? problem, CancellationToken cancel)
    {
        var which = state is not null && StripeReader.States.Contains(state) ? state : null;
        return Html.Of<StripePage>(problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, new StripePage.View(
            await stripe.SummaryAsync(cancel), await stripe.EventsAsync(which, after, RowsShown, cancel), which, after is not null, facts.HasStripe, StripeTexts.Done(done), problem));
    }

    private static async Task<IResult> ReplayAsync(HttpContext http, EventInbox inbox, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        return await inbox.ReplayAsync(form["id"].ToString(), cancel)
            ? Results.LocalRedirect(Links.With(Links.Stripe, ("done", "replayed")))
            : Html.Of<MessagePage>(StatusCodes.Status404NotFound, new Message(StripeTexts.GoneTitle, StripeTexts.Gone, Links.Stripe, KeyTexts.Back));
    }

    private static async Task<IResult> LinkAsync(HttpContext http, StripeReader stripe, SetupFacts facts, CustomerLinks links, Bookkeeper ledger, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var (customer, user) = (form["customer"].ToString(), form["user"].ToString().Trim());
        var problem = UserIds.Check(user) is { } wrong ? UserTexts.BadId(wrong) : !customer.StartsWith("cus_", StringComparison.Ordinal) || customer.Length > 255 ? StripeTexts.BadCustomer : null;
        if (problem is not null)
            return await ShowAsync(stripe, facts, "parked", null, null, problem, cancel);
        await ledger.OpenAsync(user, cancel);
        await links.LinkAsync(customer, user, cancel);
        return Results.LocalRedirect(Links.With(Links.Stripe, ("done", "linked")));
    }
}
