using AiGateway.Accounts;
using AiGateway.Billing;
using AiGateway.Insights;
using AiGateway.Ledger;

namespace AiGateway.Api;

/// <summary>/admin/v1/stripe and the link between a customer and a user: what came in, what waits for whom.</summary>
internal static class AdminStripe
{
    internal sealed record CustomerLink(string CustomerId);

    private const int LongestId = 255;

    public static void MapAdminStripe(this IEndpointRouteBuilder api)
    {
        api.MapGet("/stripe/events", EventsAsync).Describe<Page<StripeEventView>>("What Stripe sent, newest first, and what became of it.");
        api.MapPost("/stripe/events/{id}/replay", ReplayAsync).Describe("Apply an event once more; what it did already stays done once.");
        api.MapGet("/stripe/summary", async (StripeReader stripe, CancellationToken cancel) => Results.Ok(await stripe.SummaryAsync(cancel))).Describe<StripeSummary>("What waits, what is parked, and for how long.");
        api.MapPost("/users/{id}/stripe-customer", LinkAsync).Describe("Link a customer of Stripe to a user; parked events of it are applied.");
    }

    private static async Task<IResult> EventsAsync(StripeReader stripe, string? state, string? after, int? limit, CancellationToken cancel)
    {
        var (size, problem) = Listing.Limit(limit);
        if (problem is not null)
            return problem;
        if (state is not null && !StripeReader.States.Contains(state))
            return Problems.Invalid($"state must be one of {string.Join(", ", StripeReader.States)}.");
        return Results.Ok(await stripe.EventsAsync(state, after, size, cancel));
    }

    private static async Task<IResult> ReplayAsync(string id, EventInbox inbox, CancellationToken cancel) =>
        await inbox.ReplayAsync(id, cancel) ? Results.Ok(new { id, state = "waiting" }) : Problems.NotFound($"No event {id}.");

    private static async Task<IResult> LinkAsync(string id, CustomerLink body, CustomerLinks links, Bookkeeper ledger, CancellationToken cancel)
    {
        if (UserIds.Check(id) is { } why)
            return Problems.Invalid($"The user's id {why}");
        if (body.CustomerId is null || !body.CustomerId.StartsWith("cus_", StringComparison.Ordinal) || body.CustomerId.Length > LongestId)
            return Problems.Invalid("customer_id must be one of Stripe's, such as cus_….");
        await ledger.OpenAsync(id, cancel);
        return Results.Ok(new { user_id = id, customer_id = body.CustomerId, events_applied_now = await links.LinkAsync(body.CustomerId, id, cancel) });
    }
}
