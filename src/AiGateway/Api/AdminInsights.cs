using AiGateway.Insights;

namespace AiGateway.Api;

/// <summary>/admin/v1/insights and /alerts: the owner's figures.</summary>
internal static class AdminInsights
{
    private const int NewestAlerts = 50;

    /// <summary>Everything that /admin/insights shows.</summary>
    /// <param name="To">Null: until now.</param>
    internal sealed record Answer(
        DateTime From, DateTime? To, IReadOnlyList<MonthlyUsage> AverageMonthlyUsage, IReadOnlyList<PlanMonthView> AverageTokensByPlan, IReadOnlyList<TopUser> TopUsers,
        IReadOnlyList<ActionCost> MostExpensiveActions, IReadOnlyList<PowerUserView> PowerUsers, decimal CogsBudgetPercent, decimal MarginTargetPercent, MoneyView Money,
        IReadOnlyList<WeekView> Weeks, ProjectionView Projection, IReadOnlyList<string> IncompleteBecause, IReadOnlyList<string> UnpricedModels,
        ProviderComparison ProviderReport, IReadOnlyList<AlertView> Alerts);

    public static void MapAdminInsights(this IEndpointRouteBuilder api)
    {
        api.MapGet("/insights", InsightsAsync).Describe<Answer>("The owner's figures over a span of time: average tokens, dearest actions, power users, COGS and margin, by week and projected.");
        api.MapGet("/alerts", AlertsAsync).Describe<Page<AlertView>>("What the owner was told, newest first.");
    }

    private static async Task<IResult> InsightsAsync(
        Reports reports, BusinessReader business, CostComparison costs, AlertReader alerts, TimeProvider time, string? from, string? to, CancellationToken cancel)
    {
        if (!Listing.TryTime(from, out var start) || !Listing.TryTime(to, out var end))
            return Problems.Invalid("from and to must be ISO 8601 times, such as 2027-01-31T00:00:00Z.");
        var begin = start ?? reports.ThisMonth;
        if (begin >= end || Reports.Months(begin, end ?? time.GetUtcNow().UtcDateTime) is > Reports.MostMonths or < 1)
            return Problems.Invalid($"from must lie before to, by at most {Reports.MostMonths} months.");
        var usage = await reports.RunAsync(begin, end, cancel);
        var figures = await business.ReadAsync(begin, end, cancel);
        return Results.Ok(new Answer(
            begin, end, usage.AverageMonthlyUsage, figures.AverageTokensByPlan, usage.TopUsers, usage.MostExpensiveActions, figures.PowerUsers,
            BusinessAims.CogsBudgetPercent, BusinessAims.MarginTargetPercent, figures.Money, figures.Weeks, figures.Projection, figures.IncompleteBecause, figures.UnpricedModels,
            await costs.ReadAsync(begin, end, cancel), await alerts.NewestAsync(NewestAlerts, cancel)));
    }

    private static async Task<IResult> AlertsAsync(AlertReader alerts, int? limit, CancellationToken cancel)
    {
        var (size, problem) = Listing.Limit(limit);
        return problem ?? Results.Ok(new Page<AlertView>(await alerts.NewestAsync(size, cancel), false, null));
    }
}
