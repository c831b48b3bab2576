using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.Insights;

internal static class InsightsRegistration
{
    /// <param name="aims">What plans and prices say, which the tables do not know.</param>
    public static IServiceCollection AddInsights(this IServiceCollection services, Func<IServiceProvider, BusinessAims> aims) =>
        services.AddSingleton(aims).AddSingleton<TodayReader>().AddSingleton<BusinessReader>().AddSingleton<RevenueReader>().AddSingleton<PlanUseReader>().AddSingleton<AlertReader>().AddSingleton<CostComparison>()
            .AddSingleton<BalanceReader>().AddSingleton<TransactionReader>().AddSingleton<HoldReader>().AddSingleton<LotReader>().AddSingleton<UserUsageReader>()
            .AddSingleton<TypicalReader>().AddSingleton<ModelReader>().AddSingleton<Reports>().AddSingleton<StripeReader>();
}
