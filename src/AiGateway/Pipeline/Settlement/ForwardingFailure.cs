using Yarp.ReverseProxy.Forwarder;

namespace AiGateway.Pipeline.Settlement;

/// <summary>Why a call never got an answer, in the caller's terms.</summary>
internal static class ForwardingFailure
{
    /// <param name="status">The status that the proxy chose: 504 where its own timeout ran out.</param>
    public static Refusal RefusalFor(IForwarderErrorFeature error, int status) =>
        error.Error is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled ? OfBody(error.Exception)
        : IsConnectTimeout(error.Exception) ? Refusal.UpstreamUnreachable()
        : error.Error == ForwarderError.RequestTimedOut || status == StatusCodes.Status504GatewayTimeout ? Refusal.UpstreamTimeout()
        : Refusal.UpstreamUnreachable();

    /// <summary>A connection that is not taken in time is cancelled with a TimeoutException inside; the proxy's own timeout has none.</summary>
    private static bool IsConnectTimeout(Exception? error)
    {
        for (var at = error; at is not null; at = at.InnerException)
            if (at is TimeoutException)
                return true;
        return false;
    }

    /// <summary>The server's own bound on a body is met while it is being sent up.</summary>
    private static Refusal OfBody(Exception? failed)
    {
        for (; failed is not null; failed = failed.InnerException)
            if (failed is BadHttpRequestException { StatusCode: var status and not StatusCodes.Status400BadRequest } told)
                return Refusal.BadRequest(told.Message, status);
        return Refusal.BadRequest("The request body broke off or was malformed.");
    }
}
