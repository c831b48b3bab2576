using AiGateway.Demo;
using AiGateway.Pages;
using AiGateway.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using OpenTelemetry.Metrics;

namespace AiGateway.Hosting;

/// <summary>Serves until it is told to stop. What keeps it from starting is told in a sentence, not in a stack trace.</summary>
internal static class GatewayRun
{
    public static async Task<int> ServeAsync(WebApplicationBuilder builder, GatewaySettings settings)
    {
        try
        {
            return await RunAsync(builder, settings);
        }
        catch (MisconfiguredException error)
        {
            return Misconfigured.Report(error.Problems);
        }
        catch (SchemaRefusedException error)
        {
            return Misconfigured.Report([$"ConnectionStrings__Ledger: {error.Message}"]);
        }
        catch (StoreUnavailableException error)
        {
            return Misconfigured.Report([$"ConnectionStrings__Ledger: the ledger cannot be opened ({error.InnerException?.Message ?? error.Message}): check the path, its permissions and the disk."]);
        }
        catch (Exception error) when (error is UnauthorizedAccessException || (error is IOException && error is not AddressInUseException && error.InnerException is not AddressInUseException))
        {
            return Misconfigured.Report([$"ConnectionStrings__Ledger: the ledger's folder cannot be used ({error.Message}): check the path, its permissions and the disk."]);
        }
        catch (IOException error)
        {
            return Misconfigured.Report([$"ASPNETCORE_URLS: {error.Message} Stop the other program, or choose another address with --urls."]);
        }
    }

    private static async Task<int> RunAsync(WebApplicationBuilder builder, GatewaySettings settings)
    {
        var development = settings.IsProduction ? null : await DevelopmentKeys.LoadOrMakeAsync(DataFolder.Of(settings), CancellationToken.None);
        builder.AddGateway(settings, development);
        await using var app = builder.Build();
        // Three things that know nothing of each other, and take as long: the files, the meters and the surface.
        var files = Task.Run(() => Misconfigured.CheckFiles(app.Services));
        var meters = Task.Run(app.Services.GetRequiredService<MeterProvider>);
        app.UseSurface();
        await meters;
        if (await files is { Count: > 0 } problems)
            return Misconfigured.Report(problems);
        app.UseProxy();
        // The first request would make the endpoints; here another core does it while the services start.
        var endpoints = Task.Run(() => app.Services.GetRequiredService<EndpointDataSource>().Endpoints);
        if (development is not null)
            app.Lifetime.ApplicationStarted.Register(() =>
                Console.WriteLine(ReadyBlock.Text(app.Services.GetRequiredService<IServer>(), settings, development, app.Services.GetRequiredService<OperatorSignIn>().Link)));
        await UntilStoppedAsync(app, endpoints);
        return 0;
    }

    /// <summary>Serves until it is told to stop, or until what was made beside the start turns out to have failed: calls that run by then end as at any other stop.</summary>
    internal static async Task UntilStoppedAsync(IHost app, Task beside)
    {
        await app.StartAsync();
        try
        {
            await beside;
        }
        catch
        {
            await app.StopAsync();
            throw;
        }
        await app.WaitForShutdownAsync();
    }
}
