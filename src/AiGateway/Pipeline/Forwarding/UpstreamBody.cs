using System.Text;
using System.Text.Json;
using AiGateway.Routes;
using AiGateway.Usage;
using Yarp.ReverseProxy.Transforms;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>
/// The body as it goes up to one deployment: the caller's own, with what was asked to be spliced in and with the model's name as it is
/// known there. On a second try it is read from its beginning again.
/// </summary>
internal static class UpstreamBody
{
    public static void Prepare(RequestTransformContext request, MeteredCall? call, Deployment deployment)
    {
        if (call?.Body is not { } body)
            return;
        var model = ModelSplice(call, deployment);
        var splices = model is null ? call.Splices : [.. call.Splices.Append(model).OrderBy(splice => splice.Offset)];
        // Admission has put back the first try's body, which knows no deployment.
        if (model is not null || call.Attempt > 1)
            Reopen(request, body, splices);
        if (body.Length <= SmallBodies.Limit && request.HttpContext.Request.ContentLength is not null)
            SmallBodies.Attach(request.ProxyRequest, body.Copy(splices));
    }

    private static void Reopen(RequestTransformContext request, RequestBody body, Splice[] splices)
    {
        var stream = body.Open(splices);
        request.HttpContext.Request.Body = stream;
        if (request.ProxyRequest.Content is { Headers: { ContentLength: not null } headers })
            headers.ContentLength = stream.Length;
    }

    private static Splice? ModelSplice(MeteredCall call, Deployment deployment)
    {
        if (call.Facts is not { ModelPlace: { } place, Model: { } model } facts)
            return null;
        var name = deployment.Model ?? model;
        if (name == (call.AskedModel ?? model))
            return null;
        return new Splice(place.Offset, place.Length, Encoding.UTF8.GetBytes(facts.IsForm ? name : $"\"{JsonEncodedText.Encode(name)}\""));
    }
}
