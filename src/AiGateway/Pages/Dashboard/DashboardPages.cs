using AiGateway.Pages.Shared;
using AiGateway.Pages.Texts;

namespace AiGateway.Pages.Dashboard;

/// <summary>The signed-in user's own pages.</summary>
internal static class DashboardPages
{
    public static void MapDashboard(this IEndpointRouteBuilder endpoints)
    {
        var pages = endpoints.MapPageGroup("/dashboard").RequireAuthorization(PortalSignIn.Policy);
        pages.MapGet("", (HttpContext http, DashboardReader reader, CancellationToken cancel) => ShowAsync<BalancePage>(http, reader, cancel));
        pages.MapGet("/part", (HttpContext http, DashboardReader reader, CancellationToken cancel) => ShowAsync<BalancePart>(http, reader, cancel));
        UsageEndpoints.Map(pages);
        TokensEndpoints.Map(pages);
    }

    /// <summary>An account that was erased while its user was signed in.</summary>
    public static IResult Gone() => Html.Of<MessagePage>(StatusCodes.Status404NotFound, new Message(PortalTexts.GoneTitle, PortalTexts.Gone));

    private static async Task<IResult> ShowAsync<TPage>(HttpContext http, DashboardReader reader, CancellationToken cancel) where TPage : Microsoft.AspNetCore.Components.IComponent =>
        await reader.BalanceAsync(PortalSignIn.User(http), cancel) is { } model ? Html.Of<TPage>(model, new Movements(model.Last, AreExplained: false)) : Gone();
}
