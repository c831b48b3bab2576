using AiGateway.Routes;

namespace AiGateway.Pipeline;

/// <summary>
/// Base URLs are written with and without /v1 and with a slash too many: where that leads to a named route, it is what was meant.
/// Nothing reaches the provider's organisation and billing endpoints, whatever the routes say.
/// </summary>
internal sealed class PathsWithoutV1(RequestDelegate next, RoutesFile routes)
{
    private static readonly PathString Version = "/v1";
    private static readonly PathString Organization = "/v1/organization";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "/";
        if (path.Contains("//", StringComparison.Ordinal))
            path = string.Join('/', path.Split('/').Where((part, i) => i == 0 || part.Length > 0));
        if (!new PathString(path).StartsWithSegments(Version) && routes.Current.IsNamed(request.Method, Version + path))
            path = Version + path;
        request.Path = path;
        return IsForbidden(path)
            ? RefusalWriter.WriteAsync(context, Refusal.RouteNotFound(request.Method, path, null))
            : next(context);
    }

    /// <summary>Looks at the path as a provider might, which may decode it once more and walk its dots.</summary>
    private static bool IsForbidden(string path)
    {
        // Nearly every path says what it means.
        if (path.AsSpan().IndexOfAny('%', '\\', '.') < 0)
            return new PathString(path).StartsWithSegments(Organization, StringComparison.OrdinalIgnoreCase);
        var parts = Uri.UnescapeDataString(path).Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Any(part => part is ".." or ".")
            || new PathString("/" + string.Join('/', parts)).StartsWithSegments(Organization, StringComparison.OrdinalIgnoreCase);
    }
}
