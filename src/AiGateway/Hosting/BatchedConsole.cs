using System.Text;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace AiGateway.Hosting;

/// <summary>
/// Writes log lines to standard output many at a time. One write a line would cost a call more than reading its body does.
/// </summary>
internal sealed class BatchedConsole(ITextFormatter format) : IBatchedLogEventSink
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly Stream _out = Console.OpenStandardOutput();

    public async Task EmitBatchAsync(IReadOnlyCollection<LogEvent> batch)
    {
        using var lines = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var line in batch)
            format.Format(line, lines);
        await _out.WriteAsync(Utf8.GetBytes(lines.ToString()));
        await _out.FlushAsync();
    }

    public Task OnEmptyBatchAsync() => Task.CompletedTask;
}
