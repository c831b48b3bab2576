using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>
/// A slash that the caller wrote as %2F, inside a model's name say, goes up as he wrote it. The server leaves it encoded in the
/// path and the proxy would encode its percent sign once more.
/// </summary>
internal static class UpstreamPath
{
    public static void KeepEncoding(RequestTransformContext request)
    {
        var path = request.Path.Value;
        if (path is null || !path.Contains("%2F", StringComparison.OrdinalIgnoreCase))
            return;
        var built = RequestUtilities.MakeDestinationAddress(request.DestinationPrefix, request.Path, request.Query.QueryString);
        var kept = built.OriginalString.Replace("%252F", "%2F", StringComparison.OrdinalIgnoreCase);
        request.ProxyRequest.RequestUri = new Uri(kept, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }
}
