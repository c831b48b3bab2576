using System.Diagnostics.Metrics;
using AiGateway.ConfigFiles;
using AiGateway.Jobs;
using AiGateway.Ledger;
using AiGateway.Pipeline;
using AiGateway.Pipeline.Settlement;
using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AiGateway.Hosting;

/// <summary>Where metrics and spans go: `/metrics` for Prometheus always, OTLP where one of its standard variables names an address.</summary>
internal static class TelemetryExport
{
    public const string MetricsPath = "/metrics";

    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        bool HasEndpoint(int own) => !string.IsNullOrWhiteSpace(configuration[Endpoints[0]]) || !string.IsNullOrWhiteSpace(configuration[Endpoints[own]]);
        builder.Services.AddHostedService(provider => provider.GetRequiredService<BooksWatch>());
        builder.Services.AddSingleton<MetricsAccess>().AddSingleton<CallFigures>().AddSingleton<BooksWatch>().AddSingleton(Gauges);
        var export = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(configuration["OTEL_SERVICE_NAME"] ?? "aigateway"));
        export.WithMetrics(metrics =>
        {
            metrics.AddMeter(Names.Gateway, Names.Runtime).AddPrometheusExporter();
            if (HasEndpoint(2))
                metrics.AddOtlpExporter();
        });
        // Without somewhere to go no span is made at all.
        if (HasEndpoint(1))
            export.WithTracing(traces => traces.AddSource(Names.Gateway).AddAspNetCoreInstrumentation(server => server.Filter = IsACall).AddOtlpExporter());
    }

    public static void MapMetrics(this WebApplication app)
    {
        var access = app.Services.GetRequiredService<MetricsAccess>();
        // Made with the host, or nobody would look at them.
        app.Services.GetRequiredService<Gauges>();
        app.MapPrometheusScrapingEndpoint(MetricsPath, null, scrape => scrape.Use(next => context => access.LetInAsync(context, next)), null);
        Instruments.ShowZeros();
    }

    private static bool IsACall(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase) && !context.Request.Path.StartsWithSegments(MetricsPath, StringComparison.OrdinalIgnoreCase);

    private static Gauges Gauges(IServiceProvider provider)
    {
        var (books, writer, open) = (provider.GetRequiredService<BooksWatch>(), provider.GetRequiredService<LedgerWriter>(), provider.GetRequiredService<OpenSettlements>());
        var (routes, prices, plans) = (provider.GetRequiredService<RoutesFile>(), provider.GetRequiredService<PricesFile>(), provider.GetRequiredService<PlansFile>());
        return new Gauges()
            .Show(Names.HoldsActive, "{hold}", "Open holds in the database, of all nodes.", () => books.OpenHolds)
            .Show(Names.HoldsTokens, "{token}", "Tokens that they hold.", () => books.HeldTokens)
            .Show(Names.HoldsAge, "s", "How long ago the oldest of them was taken.", () => books.OldestHoldAge)
            .Show(Names.LedgerQueueDepth, "{move}", "Moves that wait for a batch of this node's writer.", () => writer.Queued)
            .Show(Names.Unsettled, "{call}", "Calls of this node that ended and whose row is late or failed.", () => open.Unsettled)
            .Show(Names.BooksDrift, "{violation}", "Violations that the last audit found.", () => books.Violations)
            .Count(Names.ConfigReload, "Edits of a file since the start, by what became of them.",
                () => [.. Edits("routes", routes.Status), .. Edits("prices", prices.Status), .. Edits("plans", plans.Status)]);
    }

    private static IEnumerable<Measurement<long>> Edits(string file, FileStatus status) =>
    [
        new(status.Taken, new(Names.File, file), new(Names.Result, "taken")),
        new(status.Refused, new(Names.File, file), new(Names.Result, "refused")),
    ];
}
