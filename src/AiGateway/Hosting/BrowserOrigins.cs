using AiGateway.Pipeline;

namespace AiGateway.Hosting;

/// <summary>
/// Which web sites' scripts may call the gateway's own endpoints and widgets. The proxied paths are for servers and have no CORS:
/// a page that could call them would have to hold a credential that spends tokens.
/// </summary>
internal static class BrowserOrigins
{
    private const string Policy = "browsers";

    private static readonly PathString[] Paths = ["/gateway/v1", "/widgets"];

    /// <summary>A browser asks before each call that is not simple; its answer is good for so long.</summary>
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromMinutes(10);

    private static readonly string[] Exposed =
    [
        CallHeaders.RequestId, CallHeaders.TokensUsed, CallHeaders.TokensRemaining, CallHeaders.TokensHeld, CallHeaders.BalanceStatus, CallHeaders.UsageSource,
    ];

    public static void AddBrowserOrigins(this IServiceCollection services, IReadOnlyList<string> origins) =>
        services.AddCors(cors => cors.AddPolicy(Policy, policy =>
            policy.WithOrigins([.. origins]).WithMethods("GET", "POST").AllowAnyHeader().WithExposedHeaders(Exposed).SetPreflightMaxAge(PreflightMaxAge)));

    /// <summary>By path, before routing: a preflight needs no endpoint of its own.</summary>
    public static void UseBrowserOrigins(this IApplicationBuilder app) =>
        app.UseWhen(
            context => Array.Exists(Paths, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)),
            branch => branch.UseCors(Policy));
}
