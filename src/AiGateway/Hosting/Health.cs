using System.Data.Common;
using AiGateway.Storage;

namespace AiGateway.Hosting;

/// <summary>Liveness is the process alone; readiness is the database, its schema, and not being about to stop. No probe calls the provider.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health/live", () => Results.Ok(new { status = "live" }));
        endpoints.MapGet("/health/ready", ReadyAsync);
    }

    private static async Task<IResult> ReadyAsync(SchemaMigrator schema, IHostApplicationLifetime lifetime, CancellationToken cancel)
    {
        var database = await DatabaseAsync(schema, cancel);
        var draining = lifetime.ApplicationStopping.IsCancellationRequested;
        var ready = database == "ok" && !draining;
        return Results.Json(new { status = ready ? "ready" : "not_ready", checks = new { database, draining } }, statusCode: ready ? 200 : 503);
    }

    private static async Task<string> DatabaseAsync(SchemaMigrator schema, CancellationToken cancel)
    {
        try
        {
            var state = await schema.CheckAsync(cancel);
            return state == SchemaState.Current ? "ok" : $"schema_{state.ToString().ToLowerInvariant()}";
        }
        catch (Exception error) when (error is DbException or StoreUnavailableException or IOException)
        {
            return "unavailable";
        }
    }
}
