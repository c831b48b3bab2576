using System.Globalization;
using AiGateway.Pipeline;
using AiGateway.Storage;
using Serilog;
using Serilog.Configuration;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace AiGateway.Hosting;

/// <summary>One line a request: readable in Development, compact JSON elsewhere. The framework speaks up from Warning on.</summary>
internal static class GatewayLogging
{
    /// <summary>Lines are on the screen within this time.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    /// <summary>Lines waiting for a slow terminal; beyond it the newest are dropped rather than calls held up.</summary>
    private const int QueueLimit = 50_000;
    private const int BatchLimit = 1_000;

    public static void AddGatewayLogging(this WebApplicationBuilder builder, bool isCommand)
    {
        ITextFormatter format = builder.Environment.IsDevelopment()
            ? new MessageTemplateTextFormatter("{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}", CultureInfo.InvariantCulture)
            : new CompactJsonFormatter();
        var log = new LoggerConfiguration();
        // Its reader looks through every library beside the program: only for whoever has something to say to it.
        if (builder.Configuration.GetSection("Serilog").GetChildren().Any())
            log.ReadFrom.Configuration(builder.Configuration);
        log
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            // Cookie keys lie in the database in the clear on purpose, and pages with forms are not cached on purpose: neither is news.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .MinimumLevel.Override("Microsoft.AspNetCore.Antiforgery", LogEventLevel.Error)
            .MinimumLevel.Override("Yarp", LogEventLevel.Error)
            // The server takes it for a bug of ours; the call has said in its own line what broke off.
            .Filter.ByExcluding(line => line.Exception is AnswerBrokeOffException)
            // The host's own word for a start that is refused; the sentence on standard error says it all.
            .Filter.ByExcluding(line => line.Exception is MisconfiguredException or SchemaRefusedException);
        if (isCommand)
            // Whoever asked for a verb reads its answer; what goes wrong on the way stands beside it.
            log.MinimumLevel.Warning().WriteTo.Console(outputTemplate: "{Level:u3} {Message:lj}{NewLine}{Exception}", standardErrorFromLevel: LogEventLevel.Verbose, formatProvider: CultureInfo.InvariantCulture);
        else
            log.WriteTo.Sink(new BatchedConsole(format), new BatchingOptions
            {
                BufferingTimeLimit = Delay, BatchSizeLimit = BatchLimit, QueueLimit = QueueLimit, EagerlyEmitFirstEvent = true,
            });
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(log.CreateLogger(), dispose: true);
        // Its scope and activity cost every request, and the one line a request says more.
        // Said of this provider by name: what is said of all gives way to what Serilog says of itself.
        builder.Logging.AddFilter<SerilogLoggerProvider>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }
}
