using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AiGateway.Pricing;

internal static class PricingRegistration
{
    public static IServiceCollection AddPricing(this IServiceCollection services, string path = "config/prices.json")
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PricesFile>(provider, path));
        return services.AddSingleton<IPriceBookSource>(provider => provider.GetRequiredService<PricesFile>());
    }
}
