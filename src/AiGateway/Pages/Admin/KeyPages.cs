using System.Globalization;
using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Pages.Shared;
using AiGateway.Pages.Texts;
using AiGateway.Routes;

namespace AiGateway.Pages.Admin;

/// <summary>/admin/keys: made, rotated, revoked.</summary>
internal static class KeyPages
{
    private const int LongestName = 128, MostModels = 30;

    /// <summary>Time to roll a new key out before the old one stops.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromDays(1);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/keys", (KeyStore keys, TimeProvider time, string? after, string? done, CancellationToken cancel) => ListAsync(keys, time, after, done, null, cancel));
        pages.MapPost("/keys", MakeAsync);
        pages.MapPost("/keys/revoke", RevokeAsync);
        pages.MapPost("/keys/rotate", RotateAsync);
    }

    private static async Task<IResult> ListAsync(KeyStore keys, TimeProvider time, string? after, string? done, string? problem, CancellationToken cancel)
    {
        var page = Paging.Of(await keys.ListAsync(after, Paging.DefaultLimit + 1, cancel), Paging.DefaultLimit, key => key, key => key.Id);
        return Html.Of<KeysPage>(problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
            new KeysPage.View(page.After, after is not null, UserTexts.Done(done), problem), new KeyListModel(page.Data, Links.Keys, time.GetUtcNow().UtcDateTime));
    }

    private static async Task<IResult> MakeAsync(HttpContext http, KeyStore keys, TimeProvider time, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var name = form["name"].ToString().Trim();
        var models = form["models"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        DateTimeOffset? expires = DateOnly.TryParseExact(form["expires"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;
        var problem = name.Length is 0 or > LongestName ? KeyTexts.BadName
            : form["expires"].ToString().Length > 0 && expires is null || expires <= time.GetUtcNow() ? KeyTexts.BadDay
            : models.Length > MostModels || Array.Exists(models, model => ModelPattern.Check(model) is not null) ? KeyTexts.BadModels
            : null;
        if (problem is not null)
            return await ListAsync(keys, time, null, null, problem, cancel);
        var made = await keys.MakeAsync(KeyKind.App, null, name, expires, cancel, models);
        return Html.Of<KeyMadePage>(new KeyMadePage.View(made.ToString(), name, Links.Keys));
    }

    private static async Task<IResult> RevokeAsync(HttpContext http, KeyStore keys, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        return await keys.RevokeAsync(form["id"].ToString(), cancel) ? Results.LocalRedirect(Links.With(OperatorSignIn.Safe(form["back"]), ("done", "revoked"))) : Gone();
    }

    private static async Task<IResult> RotateAsync(HttpContext http, KeyStore keys, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var old = await keys.FindAsync(form["id"].ToString(), cancel);
        return old is not null && await keys.RotateAsync(old.Id, Overlap, cancel) is { } made
            ? Html.Of<KeyMadePage>(new KeyMadePage.View(made.ToString(), old.Name, OperatorSignIn.Safe(form["back"])))
            : Gone();
    }

    private static Html Gone() => Html.Of<MessagePage>(StatusCodes.Status404NotFound, new Message(KeyTexts.GoneTitle, KeyTexts.Gone, Links.Keys, KeyTexts.Back));
}
