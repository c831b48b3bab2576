namespace AiGateway.Api;

/// <summary>
/// A number that cannot be read is told, as a body that cannot be read is. Binding that is generated when the program is built sets nothing but the status
/// for a number that may be left out, where binding made at run time threw.
/// </summary>
internal sealed class QueryErrors : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Response.StatusCode == StatusCodes.Status400BadRequest
            ? throw new BadHttpRequestException("A value in the query cannot be read: limit is a whole number.")
            : next(context);
}
