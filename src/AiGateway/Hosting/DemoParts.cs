using AiGateway.Charging;
using AiGateway.Demo;
using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Usage;

namespace AiGateway.Hosting;

/// <summary>Gives the demo's past its prices: those of the list in force, by the same rule as a call's.</summary>
internal static class DemoParts
{
    public static IServiceCollection AddDemoSeed(this IServiceCollection services) => services.AddSingleton<Func<PastCall, Charge>>(provider =>
    {
        var (prices, time) = (provider.GetRequiredService<IPriceBookSource>(), provider.GetRequiredService<TimeProvider>());
        return call => Charge(call, prices.Current, time.GetUtcNow());
    }).AddSingleton<DemoSeed>();

    private static Charge Charge(PastCall call, PriceBook book, DateTimeOffset at)
    {
        var tokens = new TokenCounts { Input = call.Input, Output = call.Output, CacheRead = call.Cached, Reasoning = call.Reasoning };
        IReadOnlyList<UnitUse> units = call.Unit switch
        {
            null => [],
            "image" => [new UnitUse(UsageUnit.Image, call.Quantity, "1024x1024/standard")],
            "second" => [new UnitUse(UsageUnit.AudioMillisecond, call.Quantity * 1_000)],
            "character" => [new UnitUse(UsageUnit.Character, call.Quantity)],
            var unknown => throw new InvalidOperationException($"No such unit: {unknown}."),
        };
        return new PricedUse(book, call.Model, null, at).Of(tokens, units, call.Unit is null ? ChargeBy.Tokens : ChargeBy.Cost, UsageSource.Reported);
    }
}
