using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Pages.Texts;

namespace AiGateway.Pages.Admin;

/// <summary>/admin/connect: how an app calls this gateway, to copy, and a call to try it.</summary>
internal static class ConnectPages
{
    private const int LongestModel = 128, LongestText = 2_000;
    private const string Model = "gpt-4o-mini";

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/connect", async (BalanceReader users, CancellationToken cancel) => Html.Of<ConnectPage>(await FirstAsync(users, cancel)));
        pages.MapPost("/connect", TestAsync);
    }

    private static async Task<IResult> TestAsync(HttpContext http, TestCall call, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var asked = new ConnectPage.View(form["user"].ToString().Trim(), form["model"].ToString().Trim(), form["text"].ToString().Trim(), null, null);
        if (UserIds.Check(asked.User) is { } wrong)
            return Html.Of<ConnectPage>(StatusCodes.Status400BadRequest, asked with { Problem = UserTexts.BadId(wrong) });
        if (asked.Model.Length is 0 or > LongestModel || asked.Text.Length is 0 or > LongestText)
            return Html.Of<ConnectPage>(StatusCodes.Status400BadRequest, asked with { Problem = ConnectTexts.BadForm });
        return Html.Of<ConnectPage>(asked with { Result = await call.SendAsync(http, asked.User, asked.Model, asked.Text, cancel) });
    }

    /// <summary>Somebody who has tokens, so that the first try works.</summary>
    private static async Task<ConnectPage.View> FirstAsync(BalanceReader users, CancellationToken cancel)
    {
        var page = await users.UsersAsync(new UserFilter(null, "active"), null, Paging.DefaultLimit, cancel);
        return new ConnectPage.View(page.Data.MaxBy(user => user.Balance)?.UserId ?? "", Model, ConnectTexts.Hello, null, null);
    }
}
