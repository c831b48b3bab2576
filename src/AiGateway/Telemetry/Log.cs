namespace AiGateway.Telemetry;

/// <summary>Every message of the call path, in one place. None of them takes a credential, a body or a header.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information,
        "{Method} {Path} {Status} user={User} action={Action} model={Model} outcome={Outcome} held={Held} charged={Charged} source={Source} balance={Balance} ms={Milliseconds} id={CallId}")]
    public static partial void Call(ILogger log, string method, string path, int status, string user, string action, string? model,
        string outcome, long held, long charged, string? source, long? balance, long milliseconds, string callId);

    [LoggerMessage(2, LogLevel.Error, "The usage reader was dropped ({Where}); the stream went on and the call is charged by its route's rule.")]
    public static partial void ReaderDropped(ILogger log, string where, Exception? error);

    [LoggerMessage(3, LogLevel.Warning, "A compressed answer could not be decoded to its end.")]
    public static partial void AnswerNotDecoded(ILogger log, Exception error);

    [LoggerMessage(4, LogLevel.Debug, "The caller of {CallId} left; the answer is read on.")]
    public static partial void CallerLeft(ILogger log, string callId);

    [LoggerMessage(7, LogLevel.Warning, "The charge of {CallId} is not durable yet; the caller has his answer without its numbers.")]
    public static partial void SettleSlow(ILogger log, string callId);

    [LoggerMessage(8, LogLevel.Error, "The charge of {CallId} could not be written; the sweeper will close its hold.")]
    public static partial void SettleFailed(ILogger log, string callId, Exception error);

    [LoggerMessage(9, LogLevel.Error, "Request {CallId} failed on a bug or a broken machine.")]
    public static partial void Unexpected(ILogger log, string callId, Exception error);

    [LoggerMessage(12, LogLevel.Error, "The call {CallId} could not be priced; its whole hold is charged.")]
    public static partial void NotPriced(ILogger log, string callId, Exception error);

    [LoggerMessage(13, LogLevel.Warning, "Try {Attempt} of the call {CallId} failed at {Deployment} ({Why}); another deployment is tried.")]
    private static partial void MovedOn(ILogger log, int attempt, string callId, string? deployment, string why);

    public static void MovedOn(ILogger log, string callId, int attempt, string? deployment, string why) => MovedOn(log, attempt, callId, deployment, why);

    [LoggerMessage(11, LogLevel.Warning, "The call {CallId} could not be forwarded: {Error}.")]
    public static partial void ForwardingFailed(ILogger log, string callId, string error, Exception? exception);

}
