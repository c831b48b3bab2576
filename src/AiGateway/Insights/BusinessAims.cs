namespace AiGateway.Insights;

/// <summary>A plan as the owner watches it. Tokens.</summary>
/// <param name="TargetTokens">What an average user of it should stay below in a month.</param>
/// <param name="AlertTokens">What one user may use in one paid period before the owner hears of it.</param>
internal sealed record PlanAim(string Id, string Name, long TargetTokens, long AlertTokens);

/// <summary>What plans.json and prices.json say now and the tables do not know.</summary>
/// <param name="Plans">In the order of the file.</param>
/// <param name="HasPrice">Whether the price list names a model.</param>
internal sealed record BusinessAims(Func<IReadOnlyList<PlanAim>> Plans, Func<string, bool> HasPrice)
{
    /// <summary>Of each dollar earned, at most this much may go to the provider.</summary>
    public const decimal CogsBudgetPercent = 20, MarginTargetPercent = 80;

    /// <summary>From this share of the allocation on a user is a power user.</summary>
    public const int PowerUserPercent = 80;
}
