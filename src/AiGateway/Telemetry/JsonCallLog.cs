using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;

namespace AiGateway.Telemetry;

/// <summary>
/// To standard output as compact JSON, many lines at a time. By way of the ordinary log this line took a seventh of a call's whole
/// CPU time (38 of 285 µs); here it takes about one.
/// </summary>
internal sealed class JsonCallLog : CallLog, IAsyncDisposable
{
    /// <summary>Lines waiting for a slow reader; beyond it the newest are dropped and counted rather than calls held up.</summary>
    private const int QueueLimit = 50_000;
    private const int BatchLimit = 1_000;

    /// <summary>Lines are out within this time.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);

    private readonly Channel<CallLine> _lines = Channel.CreateBounded<CallLine>(new BoundedChannelOptions(QueueLimit) { SingleReader = true });
    private readonly TimeProvider _time;
    private readonly Stream _out;
    private readonly Task _writing;

    public JsonCallLog(TimeProvider time, Stream output)
    {
        (_time, _out) = (time, output);
        _writing = Task.Run(WriteAsync);
    }

    public override void Write(in CallLine line)
    {
        if (!_lines.Writer.TryWrite(line))
            Instruments.LogLinesDropped.Add(1);
    }

    /// <summary>Writes what is queued, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using var json = new Utf8JsonWriter(buffer);
        while (await _lines.Reader.WaitToReadAsync())
        {
            for (var count = 0; count < BatchLimit && _lines.Reader.TryRead(out var line); count++)
                Append(buffer, json, line);
            await _out.WriteAsync(buffer.WrittenMemory);
            await _out.FlushAsync();
            buffer.ResetWrittenCount();
            if (!_lines.Reader.Completion.IsCompleted && _lines.Reader.Count == 0)
                await Task.WhenAny(_lines.Reader.Completion, Task.Delay(Delay, _time));
        }
    }

    private static void Append(ArrayBufferWriter<byte> buffer, Utf8JsonWriter json, in CallLine line)
    {
        json.Reset();
        json.WriteStartObject();
        json.WriteString("@t", line.At.UtcDateTime);
        json.WriteString("@m", "call");
        json.WriteString("method", line.Method);
        json.WriteString("path", line.Path);
        json.WriteNumber("status", line.Status);
        json.WriteString("user", line.User);
        json.WriteString("action", line.Action);
        json.WriteString("model", line.Model);
        json.WriteString("outcome", line.Outcome);
        json.WriteNumber("held", line.Held);
        json.WriteNumber("charged", line.Charged);
        json.WriteString("source", line.Source);
        Append(json, "input_tokens", line.InputTokens);
        Append(json, "output_tokens", line.OutputTokens);
        Append(json, "balance", line.Balance);
        json.WriteNumber("ms", line.Milliseconds);
        Append(json, "ms_upstream", line.UpstreamMilliseconds);
        Append(json, "ms_first_byte", line.FirstByteMilliseconds);
        json.WriteString("request_id", line.CallId);
        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n"u8);
    }

    private static void Append(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } known)
            json.WriteNumber(name, known);
    }
}
