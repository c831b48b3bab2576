using AiGateway.Insights;

namespace AiGateway.Pages.Dashboard;

/// <summary>What /dashboard shows of one user.</summary>
/// <param name="Lots">What something is left of, in burn order.</param>
/// <param name="Last">The newest movements.</param>
/// <param name="PlanName">Null: none.</param>
internal sealed record BalanceModel(BalanceView Balance, IReadOnlyList<LotView> Lots, IReadOnlyList<TransactionView> Last, bool IsSuspended, string? PlanName, DateTime Now)
{
    /// <summary>What ends within these days is said.</summary>
    private const int SoonDays = 14;

    internal sealed record Source(string Kind, long Tokens, DateTime? NextEnd);

    /// <summary>What can be used; a balance below zero is nothing.</summary>
    public long Left => Math.Max(0, Balance.Balance);

    public int Percent => Formats.Percent(Balance.Balance, Balance.Allocation);

    /// <summary>Nothing was ever given or used: nothing is used up either.</summary>
    public bool IsNew => Last.Count == 0;

    /// <summary>ok, low, bad, or info where the account is new.</summary>
    public string Kind => IsNew ? "info" : Balance.Status switch { "depleted" => "bad", var status => status };

    /// <summary>When the plan brings new tokens; null: there is none that would.</summary>
    public DateTime? Refill => PlanName is null ? null : Balance.ResetsAt;

    public Source Plan => Of("subscription");

    public Source Packs => Of("pack");

    public Source Gifts => Of("trial", "promo");

    public IEnumerable<LotView> Soon => Lots.Where(lot => lot.ExpiresAt <= Now.AddDays(SoonDays)).OrderBy(lot => lot.ExpiresAt);

    private Source Of(params string[] kinds)
    {
        var lots = Lots.Where(lot => kinds.Contains(lot.Kind)).ToList();
        return new Source(kinds[0], lots.Sum(lot => lot.Remaining), lots.Min(lot => lot.ExpiresAt));
    }
}
