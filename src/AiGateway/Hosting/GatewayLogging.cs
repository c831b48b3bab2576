using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace AiGateway.Hosting;

/// <summary>One line a request: readable in Development, compact JSON elsewhere. The framework speaks up from Warning on.</summary>
internal static class GatewayLogging
{
    public static void AddGatewayLogging(this WebApplicationBuilder builder, bool isCommand)
    {
        var log = new LoggerConfiguration()
            .ReadFrom.Configuration(builder.Configuration)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp", LogEventLevel.Error)
            .Enrich.FromLogContext();
        if (isCommand)
            // Whoever asked for a verb reads its answer; what goes wrong on the way stands beside it.
            log.MinimumLevel.Warning().WriteTo.Console(outputTemplate: "{Level:u3} {Message:lj}{NewLine}{Exception}", standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        else if (builder.Environment.IsDevelopment())
            log.WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}", formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        else
            log.WriteTo.Console(new CompactJsonFormatter());
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(log.CreateLogger(), dispose: true);
    }
}
