using AiGateway.Pipeline;

namespace AiGateway.Hosting;

/// <summary>A gateway that is stopping takes no new call; what runs, finishes.</summary>
internal sealed class DrainingGate(RequestDelegate next, IHostApplicationLifetime lifetime)
{
    public Task InvokeAsync(HttpContext context) =>
        lifetime.ApplicationStopping.IsCancellationRequested && !IsForOperators(context.Request.Path)
            ? RefusalWriter.WriteAsync(context, Refusal.Draining())
            : next(context);

    private static bool IsForOperators(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments(TelemetryExport.MetricsPath, StringComparison.OrdinalIgnoreCase);
}
