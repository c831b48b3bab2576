using AiGateway.Pipeline;

namespace AiGateway.Hosting;

/// <summary>A gateway that is stopping takes no new call; what runs, finishes.</summary>
internal sealed class DrainingGate(RequestDelegate next, IHostApplicationLifetime lifetime)
{
    public Task InvokeAsync(HttpContext context) =>
        lifetime.ApplicationStopping.IsCancellationRequested && !context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
            ? RefusalWriter.WriteAsync(context, Refusal.Draining())
            : next(context);
}
