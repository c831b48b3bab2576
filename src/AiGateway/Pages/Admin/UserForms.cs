using System.Globalization;
using System.Text.Json;
using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Ledger;
using AiGateway.Pages.Texts;

namespace AiGateway.Pages.Admin;

/// <summary>What an operator does to one user. Each form carries a key of its own, so that sending it twice grants once.</summary>
internal static class UserForms
{
    /// <summary>As the admin API has it.</summary>
    private const long MostTokens = 1_000_000_000_000;
    private const int LongestReason = 500, LongestName = 128, LongestKey = 64;

    /// <summary>What may be given by hand, and what kind of lot it is.</summary>
    public static readonly IReadOnlyDictionary<string, LotKind> Kinds = new Dictionary<string, LotKind>(StringComparer.Ordinal)
    {
        ["promo_grant"] = LotKind.Promo, ["trial_grant"] = LotKind.Trial, ["adjustment"] = LotKind.Pack, ["token_pack"] = LotKind.Pack,
    };

    public static void MapUserForms(this RouteGroupBuilder pages)
    {
        pages.MapPost("/users/grant", GrantAsync);
        pages.MapPost("/users/take", TakeAsync);
        pages.MapPost("/users/suspend", (HttpContext http, UserDesk desk, Bookkeeper ledger, KeyListVersion version, CancellationToken cancel) =>
            SetAsync(http, desk, ledger, version, AccountStatus.Suspended, "suspended", cancel));
        pages.MapPost("/users/resume", (HttpContext http, UserDesk desk, Bookkeeper ledger, KeyListVersion version, CancellationToken cancel) =>
            SetAsync(http, desk, ledger, version, AccountStatus.Active, "resumed", cancel));
        pages.MapPost("/users/key", MakeKeyAsync);
    }

    private static async Task<IResult> GrantAsync(HttpContext http, UserDesk desk, Bookkeeper ledger, TimeProvider time, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var (user, action) = (form["user"].ToString(), form["action_type"].ToString());
        var expires = EndOf(form["expires"]);
        var problem = Check(form, out var tokens) ?? (
            !Kinds.ContainsKey(action) ? UserTexts.BadKind
            : form["expires"].ToString().Length > 0 && expires is null || expires <= time.GetUtcNow() ? UserTexts.BadDay
            : null);
        if (problem is not null)
            return await UserPages.ShowAsync(desk, user, null, null, problem, cancel);
        var answer = await ledger.GrantAsync(
            new GrantRequest(user, tokens, Kinds[action], action, SourceKey(form), expires?.ToUnixTimeMilliseconds(), Metadata: Reason(form)), cancel);
        return answer.Outcome == GrantOutcome.Conflict
            ? await UserPages.ShowAsync(desk, user, null, null, UserTexts.SentBefore, cancel)
            : Results.LocalRedirect(Links.With(Links.User(user), ("done", "granted")));
    }

    private static async Task<IResult> TakeAsync(HttpContext http, UserDesk desk, Bookkeeper ledger, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var user = form["user"].ToString();
        if ((Check(form, out var tokens) ?? (Reason(form) is null ? UserTexts.BadReason : null)) is { } problem)
            return await UserPages.ShowAsync(desk, user, null, null, problem, cancel);
        var answer = await ledger.RemoveAsync(new RemovalRequest(user, tokens, "adjustment", SourceKey(form), Reason(form)), cancel);
        return answer.Outcome switch
        {
            RemovalOutcome.Removed or RemovalOutcome.AlreadyRemoved => Results.LocalRedirect(Links.With(Links.User(user), ("done", "taken"))),
            RemovalOutcome.Insufficient => await UserPages.ShowAsync(desk, user, null, null, UserTexts.NotSoMany(answer.Standing.Available), cancel),
            RemovalOutcome.Conflict => await UserPages.ShowAsync(desk, user, null, null, UserTexts.SentBefore, cancel),
            RemovalOutcome.Unknown => await UserPages.ShowAsync(desk, user, null, null, null, cancel),
            _ => throw new InvalidOperationException($"No answer for {answer.Outcome}."),
        };
    }

    private static async Task<IResult> SetAsync(
        HttpContext http, UserDesk desk, Bookkeeper ledger, KeyListVersion version, AccountStatus status, string done, CancellationToken cancel)
    {
        var user = (await http.Request.ReadFormAsync(cancel))["user"].ToString();
        if (!await ledger.SetStatusAsync(user, status, cancel))
            return await UserPages.ShowAsync(desk, user, null, null, null, cancel);
        await version.RaiseAsync(cancel);
        return Results.LocalRedirect(Links.With(Links.User(user), ("done", done)));
    }

    private static async Task<IResult> MakeKeyAsync(HttpContext http, UserDesk desk, BalanceReader users, KeyStore keys, CancellationToken cancel)
    {
        var form = await http.Request.ReadFormAsync(cancel);
        var (user, name) = (form["user"].ToString(), form["name"].ToString().Trim());
        if (await users.UserAsync(user, cancel) is null || name.Length is 0 or > LongestName)
            return await UserPages.ShowAsync(desk, user, null, null, KeyTexts.BadName, cancel);
        var made = await keys.MakeAsync(KeyKind.User, user, name, null, cancel);
        return Html.Of<KeyMadePage>(new KeyMadePage.View(made.ToString(), name, Links.User(user)));
    }

    private static string? Check(IFormCollection form, out long tokens)
    {
        var isNumber = long.TryParse(form["tokens"].ToString().Trim(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out tokens);
        return UserIds.Check(form["user"]) is { } wrong ? UserTexts.BadId(wrong)
            : !isNumber || tokens is < 1 or > MostTokens ? UserTexts.BadTokens
            : form["reason"].ToString().Length > LongestReason ? UserTexts.BadReason
            : form["form_key"].ToString() is not { Length: > 0 and <= LongestKey } ? UserTexts.SentBefore
            : null;
    }

    private static string SourceKey(IFormCollection form) => $"page:{form["form_key"]}";

    private static string? Reason(IFormCollection form) => form["reason"].ToString().Trim() is { Length: > 0 } reason ? JsonSerializer.Serialize(new { reason }) : null;

    /// <summary>The end of that day, UTC.</summary>
    private static DateTimeOffset? EndOf(string? text) =>
        Days.Read(text) is { } day ? new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;
}
