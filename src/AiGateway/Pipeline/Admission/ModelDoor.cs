using AiGateway.Accounts;
using AiGateway.Plans;
using AiGateway.Routes;
using AiGateway.Usage;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace AiGateway.Pipeline.Admission;

/// <summary>Which model a call is about: what its alias stands for, whether this caller may have it, and which cluster serves it.</summary>
internal sealed class ModelDoor(IProxyStateLookup proxy, PlanDirectory accounts, IPlanBookSource plans)
{
    /// <summary>Nothing is looked at where no route, key or plan says anything about models.</summary>
    public bool Concerns(MeteredCall call) => call.Route.LooksAtModel || call.Caller?.Models.Count > 0 || plans.Current.LimitsModels;

    public async ValueTask<Refusal?> ChooseAsync(HttpContext context, MeteredCall call)
    {
        if (call.Facts is { NamesTwoModels: true })
            return Refusal.InvalidJson("The request body names its model twice.");
        var inBody = Named(call.Facts?.Model, call.Route);
        var inAddress = Named(call.IsSession ? context.Request.Query["model"].ToString() : RequestPath.Model(context.Request.Path.Value ?? ""), call.Route);
        try
        {
            if (await RefusedAsync(call, inAddress is null ? [inBody] : inBody is null ? [inAddress] : [inBody, inAddress], context.RequestAborted) is { } refusal)
                return refusal;
        }
        catch (KeysUnavailableException)
        {
            return Refusal.LedgerUnavailable();
        }
        Rename(call, inBody);
        // Providers that name models in their addresses go by those.
        if ((inAddress ?? inBody) is { } model && call.Route.Models.Find(model.Name) is { } cluster)
            Reassign(context, cluster);
        return null;
    }

    /// <param name="Asked">As the caller wrote it.</param>
    /// <param name="Name">What that stands for.</param>
    private sealed record Model(string Asked, string Name);

    private static Model? Named(string? asked, MeteredRoute route) => string.IsNullOrEmpty(asked) ? null : new Model(asked, route.Aliases.Find(asked) ?? asked);

    /// <summary>Key and plan must both allow all that is named.</summary>
    private async ValueTask<Refusal?> RefusedAsync(MeteredCall call, IReadOnlyList<Model?> named, CancellationToken cancel)
    {
        var ofKey = call.Caller?.Models ?? [];
        var ofPlan = plans.Current.LimitsModels && call.UserId.Length > 0 ? plans.Current.ModelsOf(await accounts.PlanAsync(call.UserId, cancel)) : [];
        foreach (var list in (IReadOnlyList<string>[])[ofKey, ofPlan])
            foreach (var model in named)
                if (!Allows(list, model))
                    return Refusal.ModelNotAllowed(model?.Asked, string.Join(", ", list));
        return null;
    }

    /// <summary>A list that names an alias means what it stands for, and the other way round.</summary>
    private static bool Allows(IReadOnlyList<string> patterns, Model? model) =>
        patterns.Count == 0
        || (model is not null && patterns.Any(pattern => ModelPattern.Matches(pattern, model.Asked) || ModelPattern.Matches(pattern, model.Name)));

    /// <summary>From here on the call is about the model itself. A name in an address goes up as it came.</summary>
    private static void Rename(MeteredCall call, Model? model)
    {
        if (model is null || model.Name == model.Asked || call is not { Body: not null, Facts: { ModelPlace: not null } facts })
            return;
        call.AskedModel = model.Asked;
        call.Facts = facts with { Model = model.Name };
    }

    /// <summary>With a route of the new cluster's own: health and balance are kept by the cluster that a route names.</summary>
    private void Reassign(HttpContext context, string clusterId)
    {
        if (!proxy.TryGetCluster(clusterId, out var cluster))
            throw new InvalidOperationException($"There is no cluster \"{clusterId}\", though the routes file was checked.");
        var route = context.GetReverseProxyFeature().Route;
        context.ReassignProxyRequest(new RouteModel(route.Config, cluster, route.Transformer), cluster);
    }
}
