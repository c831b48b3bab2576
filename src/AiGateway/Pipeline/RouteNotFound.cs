using AiGateway.Routes;

namespace AiGateway.Pipeline;

/// <summary>The end of the line: no route took this request.</summary>
internal sealed class RouteNotFound(RoutesFile routes)
{
    public Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        return RefusalWriter.WriteAsync(context, Refusal.RouteNotFound(context.Request.Method, path, routes.Current.Nearest(path)));
    }
}
