using AiGateway.Pipeline;

namespace AiGateway.Hosting;

/// <summary>A gateway that is stopping takes no new call; what runs, finishes. Probes and metrics are answered to the end.</summary>
internal sealed class DrainingGate(RequestDelegate next, Drain drain)
{
    public Task InvokeAsync(HttpContext context) =>
        IsForOperators(context.Request.Path) ? next(context)
        : drain.TryEnter() ? PassAsync(context)
        : RefuseAsync(context);

    private async Task PassAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        finally
        {
            drain.Leave();
        }
    }

    private static Task RefuseAsync(HttpContext context)
    {
        // The next call on this connection would meet the same refusal.
        if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        return RefusalWriter.WriteAsync(context, Refusal.Draining());
    }

    private static bool IsForOperators(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments(TelemetryExport.MetricsPath, StringComparison.OrdinalIgnoreCase);
}
