namespace AiGateway.Telemetry;

/// <summary>What one request's line in the log says. Tokens; milliseconds.</summary>
internal readonly record struct CallLine(
    DateTimeOffset At, string Method, string Path, int Status, string User, string Action, string? Model, string Outcome,
    long Held, long Charged, string? Source, long Milliseconds, string CallId);

/// <summary>Where the one line a request goes.</summary>
internal abstract class CallLog
{
    public abstract void Write(in CallLine line);
}

/// <summary>To the ordinary log, for reading.</summary>
internal sealed class ReadableCallLog(ILogger<CallLog> log) : CallLog
{
    public override void Write(in CallLine line) =>
        Log.Call(log, line.Method, line.Path, line.Status, line.User, line.Action, line.Model, line.Outcome, line.Held, line.Charged, line.Source, line.Milliseconds, line.CallId);
}
