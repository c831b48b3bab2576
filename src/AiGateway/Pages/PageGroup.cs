namespace AiGateway.Pages;

/// <summary>What all pages have in common.</summary>
internal static class PageGroup
{
    /// <summary>Endpoints below it answer with pages: with their headers, their error pages, and forms that only pages of ours can send.</summary>
    public static RouteGroupBuilder MapPageGroup(this IEndpointRouteBuilder endpoints, string prefix) =>
        endpoints.MapGroup(prefix).AddEndpointFilter<PageHeaders>().AddEndpointFilter<PageErrors>().AddEndpointFilter<FormCheck>();
}
