namespace AiGateway.Hosting;

/// <summary>Liveness is the process alone; readiness is whether calls should be sent here. No probe calls the provider.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        // Made with the host: its time of start is the process's, not that of the first look.
        endpoints.ServiceProvider.GetRequiredService<Readiness>();
        endpoints.MapGet("/health/live", () => Results.Ok(new { status = "live" }));
        endpoints.MapGet("/health/ready", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(Readiness readiness)
    {
        var report = await readiness.LookAsync();
        return Results.Json(report, statusCode: report.Status == Readiness.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
