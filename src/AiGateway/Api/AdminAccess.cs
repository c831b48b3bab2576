using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace AiGateway.Api;

/// <summary>Lets operators in: the admin key as Bearer, compared in constant time.</summary>
internal sealed class AdminAccess(IOptions<AdminOptions> options) : IEndpointFilter
{
    private const string Bearer = "Bearer ";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        IsOperator(context.HttpContext.Request.Headers.Authorization.ToString())
            ? await next(context)
            : Problems.Unauthorized("Send the admin key: Authorization: Bearer <Admin__Key>.");

    private bool IsOperator(string authorization) =>
        options.Value.Key.Length > 0
        && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Hash(authorization[Bearer.Length..].Trim()), Hash(options.Value.Key));

    /// <summary>Hashed first, so that the comparison tells nothing of the length either.</summary>
    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
