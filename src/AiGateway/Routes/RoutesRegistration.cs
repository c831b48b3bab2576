using Microsoft.Extensions.DependencyInjection.Extensions;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

internal static class RoutesRegistration
{
    /// <summary>Adds YARP with routes.json as its configuration. Add the transforms to what comes back.</summary>
    public static IReverseProxyBuilder AddRoutes(this IServiceCollection services, Func<IServiceProvider, RoutesOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RoutesOptions>(options);
        services.AddSingleton<RoutesFile>();
        services.AddSingleton<RoutesCheckUp>();
        services.AddSingleton<IProxyConfigProvider>(provider => provider.GetRequiredService<RoutesFile>());
        return services.AddReverseProxy();
    }
}
