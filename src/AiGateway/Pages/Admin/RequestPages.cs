using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Pages.Shared;
using AiGateway.Pages.Texts;
using AiGateway.Pricing;

namespace AiGateway.Pages.Admin;

/// <summary>/admin/requests: the log of calls, and one of them from its hold to its charge.</summary>
internal static class RequestPages
{
    private const string Open = "open", Free = "free";
    private const int RowsShown = 25;

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/requests", ListAsync);
        pages.MapGet("/requests/{id}", ShowAsync);
        pages.MapPost("/requests/release", ReleaseAsync);
    }

    /// <param name="id">A request's id, to go to.</param>
    private static async Task<IResult> ListAsync(
        TransactionReader transactions, HoldReader holds, TimeProvider time, string? id, string? show, string? user, string? action, string? model, string? from, string? to, string? after,
        CancellationToken cancel)
    {
        if (id?.Trim() is { Length: > 0 } named)
            return Results.LocalRedirect($"{Links.Requests}/{Uri.EscapeDataString(named)}");
        var (who, what, which) = (Given(user), Given(action), Given(model));
        var filter = new RequestFilter(show is Open or Free ? show : "charged", who, what, which, Days.Read(from), Days.Read(to));
        try
        {
            var page = filter.Show == "charged"
                ? await ChargedAsync(transactions, filter, after, cancel)
                : await HeldAsync(holds, filter, after, cancel);
            return Html.Of<RequestsPage>(new RequestsPage.View(page, filter, after is not null, time.GetUtcNow().UtcDateTime));
        }
        catch (FormatException)
        {
            return Html.Of<MessagePage>(StatusCodes.Status400BadRequest, new Message(RequestTexts.Title, OperatorTexts.BadCursor, Links.Requests, OperatorTexts.Reset));
        }
    }

    private static async Task<Page<RequestRow>> ChargedAsync(TransactionReader transactions, RequestFilter filter, string? after, CancellationToken cancel)
    {
        var (from, to) = (filter.From?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), filter.To?.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc));
        var page = await transactions.ListAsync(new TransactionFilter(filter.UserId, from, to, filter.Action, "usage", filter.Model), after, RowsShown, cancel);
        return new Page<RequestRow>([.. page.Data.Select(RequestRow.Of)], page.HasMore, page.After);
    }

    private static async Task<Page<RequestRow>> HeldAsync(HoldReader holds, RequestFilter filter, string? after, CancellationToken cancel)
    {
        var page = await holds.ListAsync(new HoldFilter(filter.Show == Open, filter.UserId, filter.Action, filter.Model), after, RowsShown, cancel);
        return new Page<RequestRow>([.. page.Data.Select(RequestRow.Of)], page.HasMore, page.After);
    }

    private static async Task<IResult> ShowAsync(TransactionReader transactions, HoldReader holds, IPriceBookSource prices, string id, string? user, string? done, CancellationToken cancel)
    {
        var request = user is null ? await transactions.RequestAsync(id, cancel) : await transactions.RequestAsync(user, id, cancel);
        if (request is null)
            return Html.Of<MessagePage>(StatusCodes.Status404NotFound, new Message(RequestTexts.NoneTitle, RequestTexts.None, Links.Requests, RequestTexts.ToAll));
        var hold = await holds.FindAsync(id, cancel) is { } found && found.UserId == request.UserId ? found : null;
        return Html.Of<RequestPage>(new RequestPage.View(
            request, hold, [.. request.Transactions.Select(row => ChargeLines.Of(row, prices.Current))], done == "released" ? RequestTexts.Released : null));
    }

    /// <summary>Frees a hold without a charge, as an operator who knows that nothing was done for it.</summary>
    private static async Task<IResult> ReleaseAsync(HttpContext http, HoldReader holds, Bookkeeper ledger, CancellationToken cancel)
    {
        var id = (await http.Request.ReadFormAsync(cancel))["id"].ToString();
        if (await holds.FindAsync(id, cancel) is not { } hold || hold.State is not ("held" or "dispatched"))
            return Html.Of<MessagePage>(StatusCodes.Status409Conflict, new Message(RequestTexts.ClosedTitle, RequestTexts.Closed, Links.Requests, RequestTexts.ToAll));
        await ledger.ReleaseAsync(new HoldId(hold.UserId, id), cancel);
        return Results.LocalRedirect(Links.With(Links.Request(id, hold.UserId), ("done", "released")));
    }

    private static string? Given(string? text) => text?.Trim() is { Length: > 0 } given ? given : null;
}

/// <summary>What of the log is shown.</summary>
/// <param name="Show">charged, open, or free (ended without a charge).</param>
internal sealed record RequestFilter(string Show, string? UserId, string? Action, string? Model, DateOnly? From, DateOnly? To)
{
    /// <summary>The address of this view, from <paramref name="after"/> on.</summary>
    public string Link(string? after = null, string? show = null) => Links.With(
        Links.Requests, ("show", show ?? Show), ("user", UserId), ("action", Action), ("model", Model), ("from", From is { } from ? Formats.Iso(from) : null),
        ("to", To is { } to ? Formats.Iso(to) : null), ("after", after));
}

/// <param name="Tokens">Charged; where nothing was, held.</param>
internal sealed record RequestRow(string? Id, string UserId, DateTime At, string Action, string? Model, string State, long Tokens, string? CostUsd)
{
    public static RequestRow Of(TransactionView row) => new(row.RequestId, row.UserId, row.CreatedAt, row.ActionType, row.OpenaiModel, row.UsageSource ?? "reported", row.TokensUsed, Words.Usd(row.CostNanoUsd));

    public static RequestRow Of(HoldView hold) => new(hold.RequestId, hold.UserId, hold.CreatedAt, hold.ActionType, hold.Model, hold.State, hold.Tokens, null);
}
