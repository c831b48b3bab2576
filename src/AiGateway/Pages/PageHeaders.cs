namespace AiGateway.Pages;

/// <summary>
/// What a browser may do with a page of ours: run and load our own files, be framed by nobody, tell other sites nothing, keep nothing.
/// There is no inline script and no inline style; charts are drawn with attributes and classes.
/// </summary>
internal sealed class PageHeaders : IEndpointFilter
{
    /// <summary>Forms lead here, and on to the page where a buyer pays, which is Stripe's or a domain of the seller's at Stripe.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' https:";

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        Write(context.HttpContext.Response.Headers);
        return next(context);
    }

    public static void Write(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
        headers.CacheControl = "no-store";
    }
}
