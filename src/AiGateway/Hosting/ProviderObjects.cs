using AiGateway.Jobs;
using AiGateway.Ledger;
using AiGateway.Pipeline.Forwarding;
using AiGateway.Routes;
using AiGateway.Usage;

namespace AiGateway.Hosting;

/// <summary>Lets the job that charges deferred work ask the provider by way of the routes file, which it must not know.</summary>
internal sealed class ProviderObjects(UpstreamLook upstream, RoutesFile routes) : IProviderObjects
{
    public async Task<ObjectLook> LookAsync(DeferredItem item, CancellationToken cancel)
    {
        // A route that was taken out of the file since: whatever its objects say was used is still found.
        var route = routes.Current.Route(item.RouteId) ?? new MeteredRoute { RouteId = item.RouteId, Format = UsageFormat.Auto };
        var (status, usage) = await upstream.GetAsync(item.ClusterId, item.Path, item.Headers, route.Format, cancel);
        return new ObjectLook(status, usage, route);
    }
}
