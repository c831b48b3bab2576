using AiGateway.Accounts;
using Microsoft.AspNetCore.Authentication;

namespace AiGateway.Api;

/// <summary>
/// Lets operators in: by the admin key as Bearer, or by the session of the pages. A session changes something only for a page of ours: browsers
/// send it along with other sites' requests too.
/// </summary>
internal sealed class AdminAccess(OperatorKey key) : IEndpointFilter
{
    private const string Bearer = "Bearer ";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        IsOperator(context.HttpContext.Request.Headers.Authorization.ToString()) || await HasSessionAsync(context.HttpContext)
            ? await next(context)
            : Problems.Unauthorized("Send the admin key: Authorization: Bearer <Admin__Key>.");

    private bool IsOperator(string authorization) =>
        authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && key.Is(authorization[Bearer.Length..]);

    private static async Task<bool> HasSessionAsync(HttpContext http) =>
        (IsReading(http.Request.Method) || http.Request.Headers.Origin == CallerAccess.Origin(http))
        && (await http.AuthenticateAsync(OperatorKey.SessionScheme)).Succeeded;

    private static bool IsReading(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
}
