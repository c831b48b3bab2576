using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Pages.Texts;
using AiGateway.Plans;

namespace AiGateway.Pages.Admin;

/// <summary>/admin/users and one of them.</summary>
internal static class UserPages
{
    private const int RowsShown = 25;
    private const int MostKeys = 100;

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/users", ListAsync);
        pages.MapPost("/users", OpenAsync);
        pages.MapGet("/users/{id}", (UserDesk desk, HttpContext http, string id, string? after, string? done, CancellationToken cancel) =>
            ShowAsync(desk, IdOf(http, id), after, done, null, cancel));
        pages.MapGet("/users/{id}/transactions.csv", async (HttpContext http, TransactionReader transactions, string id, CancellationToken cancel) => Results.Stream(
            await TransactionFile.OpenAsync(transactions.AllAsync(new TransactionFilter(IdOf(http, id), null, null, null, null), cancel), cancel), TransactionFile.MediaType, TransactionFile.Name));
        pages.MapUserForms();
    }

    /// <summary>The page of one user, with what was just done or what was wrong with it.</summary>
    /// <param name="done">A word of <see cref="UserTexts.Done"/>; anything else says nothing.</param>
    public static async Task<IResult> ShowAsync(UserDesk desk, string id, string? after, string? done, string? problem, CancellationToken cancel)
    {
        if (await desk.ReadAsync(id, after, RowsShown, MostKeys, cancel) is not { } model)
            return Html.Of<Shared.MessagePage>(StatusCodes.Status404NotFound, new Message(UserTexts.NoneTitle, UserTexts.None, Links.Users, UserTexts.ToAll));
        return Html.Of<UserPage>(problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, model with { Done = UserTexts.Done(done), Problem = problem }, model.Keys);
    }

    public static string IdOf(HttpContext http, string id) => id == Links.InQuery && http.Request.Query["id"] is [{ } named] ? named : id;

    private static async Task<IResult> ListAsync(BalanceReader users, IPlanBookSource plans, string? q, string? status, string? after, CancellationToken cancel)
    {
        var filter = new UserFilter(q, status is "active" or "suspended" or "frozen" ? status : null);
        return Html.Of<UsersPage>(new UsersPage.View(await users.UsersAsync(filter, after, Paging.DefaultLimit, cancel), filter, after is not null, plans.Current.StatusOf, null));
    }

    private static async Task<IResult> OpenAsync(HttpContext http, BalanceReader users, Bookkeeper ledger, IPlanBookSource plans, CancellationToken cancel)
    {
        var id = (await http.Request.ReadFormAsync(cancel))["user"].ToString().Trim();
        if (UserIds.Check(id) is { } wrong)
            return Html.Of<UsersPage>(StatusCodes.Status400BadRequest, new UsersPage.View(
                await users.UsersAsync(null, Paging.DefaultLimit, cancel), new UserFilter(null, null), false, plans.Current.StatusOf, UserTexts.BadId(wrong)));
        await ledger.OpenAsync(id, cancel);
        return Results.LocalRedirect(Links.User(id));
    }
}
