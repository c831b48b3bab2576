using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Routes;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Tests.ConfigFiles;

public sealed class RegistrationTests
{
    [Fact]
    public void The_three_files_are_there_for_whoever_asks()
    {
        var services = new ServiceCollection().AddLogging().AddRouting();
        services.AddRoutes(_ => new RoutesOptions { Path = Shipped.Path("routes.json") });
        services.AddPricing(Shipped.Path("prices.json")).AddPlans(_ => new PlansOptions { Path = Shipped.Path("plans.json") });
        using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });

        Assert.Same(provider.GetRequiredService<RoutesFile>(), provider.GetRequiredService<IProxyConfigProvider>());
        Assert.Same(provider.GetRequiredService<PricesFile>(), provider.GetRequiredService<IPriceBookSource>());
        Assert.Same(provider.GetRequiredService<PlansFile>(), provider.GetRequiredService<IPlanBookSource>());
    }
}
