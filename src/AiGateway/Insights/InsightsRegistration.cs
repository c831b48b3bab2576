using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.Insights;

internal static class InsightsRegistration
{
    public static IServiceCollection AddInsights(this IServiceCollection services) =>
        services.AddSingleton<BalanceReader>().AddSingleton<TransactionReader>().AddSingleton<HoldReader>().AddSingleton<LotReader>()
            .AddSingleton<TypicalReader>().AddSingleton<ModelReader>().AddSingleton<Reports>().AddSingleton<StripeReader>();
}
