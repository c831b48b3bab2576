namespace AiGateway.Pages;

/// <summary>What all pages have in common.</summary>
internal static class PageGroup
{
    /// <summary>Endpoints below it answer with pages: with their headers, their error pages, and forms that only pages of ours can send (the framework's own check of them would ask for a middleware; FormCheck asks and answers with a page).</summary>
    /// <remarks>The filters are made here: one that is named by its type alone gets a factory compiled for each endpoint.</remarks>
    public static RouteGroupBuilder MapPageGroup(this IEndpointRouteBuilder endpoints, string prefix) =>
        endpoints.MapGroup(prefix).AddEndpointFilter(new PageHeaders()).AddEndpointFilter(new PageErrors()).AddEndpointFilter(new FormCheck()).DisableAntiforgery();
}
