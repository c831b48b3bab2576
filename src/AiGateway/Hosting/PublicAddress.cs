namespace AiGateway.Hosting;

/// <summary>
/// Behind a proxy that ends TLS a request shows an inner address. The configured one takes its place before anything reads it, so that links,
/// cookies, the checkout's ways back and the comparison of origins agree, and nothing of it can be forged by a header.
/// </summary>
internal static class PublicAddress
{
    /// <summary>Goes behind routing: routes that ask for a host mean the one that was sent.</summary>
    /// <param name="url">Null: each request's own address holds.</param>
    public static void UsePublicAddress(this IApplicationBuilder app, Uri? url)
    {
        if (url is null)
            return;
        // Without the scheme's own port, as browsers write an origin.
        var (scheme, host) = (url.Scheme, new HostString(url.Authority));
        app.Use((context, next) =>
        {
            (context.Request.Scheme, context.Request.Host) = (scheme, host);
            return next(context);
        });
    }
}
