using System.Diagnostics;

namespace AiGateway.Telemetry;

/// <summary>A call's spans: server, then hold, the operation, and settle. Nothing is made where nobody listens.</summary>
internal static class Spans
{
    private static readonly ActivitySource Source = new(Names.Gateway);

    public static Activity? Hold() => Source.StartActivity(Names.HoldSpan);

    public static Activity? Settle() => Source.StartActivity(Names.SettleSpan);

    /// <summary>`chat gpt-4o`: the provider's part.</summary>
    public static Activity? Operation(string operation, string provider, string? model)
    {
        if (!Source.HasListeners())
            return null;
        return Source.StartActivity(model is null ? operation : $"{operation} {model}", ActivityKind.Client)
            ?.SetTag(Names.Operation, operation).SetTag(Names.Provider, provider).SetTag(Names.RequestModel, model);
    }

    /// <summary>Names the request on the server's own span.</summary>
    public static void Request(string requestId) => Activity.Current?.SetTag(Names.RequestId, requestId);
}
