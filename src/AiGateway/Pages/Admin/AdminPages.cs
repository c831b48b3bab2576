using Microsoft.AspNetCore.Mvc;

namespace AiGateway.Pages.Admin;

/// <summary>/admin: the pages of whoever runs the gateway. Each part maps its own.</summary>
internal static class AdminPages
{
    /// <summary>A form of ours is some fields; the page that checks a routes file says itself that it takes more.</summary>
    private const long LargestForm = 64 * 1024;

    public static void MapAdminPages(this IEndpointRouteBuilder endpoints)
    {
        OperatorSignIn.Map(endpoints);
        var pages = endpoints.MapPageGroup(OperatorSignIn.Home).RequireAuthorization(OperatorSignIn.Policy).WithMetadata(new RequestSizeLimitAttribute(LargestForm));
        TodayPages.Map(pages);
        UserPages.Map(pages);
        KeyPages.Map(pages);
        RequestPages.Map(pages);
        InsightPages.Map(pages);
        ConnectPages.Map(pages);
        ConfigPages.Map(pages);
        StripePages.Map(pages);
        AuditPages.Map(pages);
    }
}
