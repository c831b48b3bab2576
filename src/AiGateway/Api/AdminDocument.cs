using Microsoft.OpenApi;

namespace AiGateway.Api;

/// <summary>/openapi/admin.json: the admin API as OpenAPI 3.1, made of its endpoints.</summary>
internal static class AdminDocument
{
    public const string Name = "admin";
    private const string Bearer = "admin_key", Prefix = "admin/v1/";

    public static void AddAdminDocument(this IServiceCollection services) => services.AddOpenApi(Name, document =>
    {
        document.ShouldInclude = api => api.RelativePath?.StartsWith(Prefix, StringComparison.Ordinal) == true;
        document.AddDocumentTransformer((openApi, _, _) =>
        {
            openApi.Info = new OpenApiInfo
            {
                Title = "AiGateway admin API", Version = "v1",
                Description = "Users, keys, grants, the ledger and its figures. Tokens are whole numbers, times ISO 8601 in UTC, costs decimal texts in USD. Lists are pages: send `after` back for the next one.",
            };
            openApi.Components ??= new OpenApiComponents();
            openApi.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            openApi.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The value of Admin__Key." };
            openApi.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, openApi)] = [] }];
            return Task.CompletedTask;
        });
    });

    public static void MapAdminDocument(this IEndpointRouteBuilder endpoints) => endpoints.MapOpenApi("/openapi/{documentName}.json");

    /// <summary>What an endpoint does, and what it answers when all is well.</summary>
    public static RouteHandlerBuilder Describe<TAnswer>(this RouteHandlerBuilder endpoint, string summary) =>
        endpoint.WithSummary(summary).Produces<TAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized);

    /// <inheritdoc cref="Describe{TAnswer}"/>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string summary) =>
        endpoint.WithSummary(summary).ProducesProblem(StatusCodes.Status401Unauthorized);
}
