namespace AiGateway.Telemetry;

/// <summary>What one request's line in the log says. Tokens; milliseconds.</summary>
internal readonly record struct CallLine(
    DateTimeOffset At, string Method, string Path, int Status, string User, string Action, string? Model, string Outcome,
    long Held, long Charged, string? Source, long Milliseconds, string CallId)
{
    /// <summary>What the provider reported; null: it did not.</summary>
    public long? InputTokens { get; init; }
    public long? OutputTokens { get; init; }

    /// <summary>After the charge; null: there was none, or it was not durable in time.</summary>
    public long? Balance { get; init; }

    /// <summary>Of <see cref="Milliseconds"/>, the provider's; null: the call did not go up.</summary>
    public long? UpstreamMilliseconds { get; init; }

    /// <summary>Until the first byte of the answer; null: there was none.</summary>
    public long? FirstByteMilliseconds { get; init; }
}

/// <summary>Where the one line a request goes.</summary>
internal abstract class CallLog
{
    public abstract void Write(in CallLine line);
}

/// <summary>To the ordinary log, for reading.</summary>
internal sealed class ReadableCallLog(ILogger<CallLog> log) : CallLog
{
    public override void Write(in CallLine line) =>
        Log.Call(log, line.Method, line.Path, line.Status, line.User, line.Action, line.Model, line.Outcome, line.Held, line.Charged, line.Source, line.Balance, line.Milliseconds, line.CallId);
}
