using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AiGateway.Plans;

internal static class PlansRegistration
{
    public static IServiceCollection AddPlans(this IServiceCollection services, Func<IServiceProvider, PlansOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<PlansOptions>(options);
        services.AddSingleton<PlansFile>();
        return services.AddSingleton<IPlanBookSource>(provider => provider.GetRequiredService<PlansFile>());
    }
}
