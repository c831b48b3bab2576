namespace AiGateway.Pages;

/// <summary>Pages that anybody may open.</summary>
internal static class PublicPages
{
    public static void MapPublicPages(this IEndpointRouteBuilder endpoints)
    {
        WebFiles.Map(endpoints);
        var pages = endpoints.MapPageGroup("");
        pages.MapGet("/", () => Html.Of<LandingPage>());
        pages.MapGet("/widgets/demo", () => Html.Of<WidgetsPage>());
    }
}
