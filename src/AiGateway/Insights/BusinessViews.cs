namespace AiGateway.Insights;

/// <summary>What was spent at the provider against what was earned over the same time. USD as exact decimals.</summary>
/// <param name="CogsPercent">Cost ÷ revenue; null where it is not known (incomplete) or there was no revenue.</param>
/// <param name="State">ok, over_budget, incomplete, or no_revenue.</param>
internal sealed record MoneyView(string CostUsd, string RevenueUsd, decimal? CogsPercent, decimal? MarginPercent, string State)
{
    public static MoneyView Of(long costNanoUsd, long revenueNanoUsd, bool isComplete)
    {
        var share = isComplete ? Shares.Percent(costNanoUsd, revenueNanoUsd) : null;
        return new MoneyView(Words.Usd(costNanoUsd), Words.Usd(revenueNanoUsd), share, 100 - share,
            !isComplete ? "incomplete" : share is null ? "no_revenue" : share > BusinessAims.CogsBudgetPercent ? "over_budget" : "ok");
    }
}

/// <param name="Week">Its Monday.</param>
/// <param name="IsWhole">Its seven days lie within the span and are over.</param>
internal sealed record WeekView(DateTime Week, bool IsWhole, long Calls, long Tokens, MoneyView Money);

/// <summary>Where this month ends if the days to come are like the last ones.</summary>
/// <param name="Month">yyyy-MM.</param>
/// <param name="DaysLookedAt">The whole days whose average was taken for the days to come.</param>
internal sealed record ProjectionView(string Month, long Tokens, MoneyView Money, int DaysLookedAt);

/// <param name="Plan">Null: users who paid for no plan in that month.</param>
/// <param name="IsWithinTarget">Null: there is no target.</param>
internal sealed record PlanMonthView(string Month, string? Plan, string Name, long Users, long Tokens, long AverageTokens, long? TargetTokens, bool? IsWithinTarget);

internal sealed record PowerUserView(string UserId, string? Plan, long UsedInPeriod, long Allocation, decimal UsedPercent, long Balance, DateTime ResetsAt);

/// <summary>The provider's own figure for the whole days of the span, beside ours.</summary>
/// <param name="State">off (no key is set), ok, or unavailable.</param>
/// <param name="Days">Whole days that both figures cover.</param>
/// <param name="DifferencePercent">Ours less the provider's, in percent of the provider's.</param>
internal sealed record ProviderComparison(string State, string? Why, int Days, string? ProviderUsd, string? OursUsd, decimal? DifferencePercent);

/// <summary>The owner's five figures and the rows behind them.</summary>
/// <param name="IncompleteBecause">Why money figures of the span are not shown: models without a price, payments in other currencies. Empty: they are complete.</param>
internal sealed record BusinessView(
    IReadOnlyList<PlanMonthView> AverageTokensByPlan, IReadOnlyList<PowerUserView> PowerUsers, MoneyView Money, IReadOnlyList<WeekView> Weeks,
    ProjectionView Projection, IReadOnlyList<string> IncompleteBecause, IReadOnlyList<string> UnpricedModels);
