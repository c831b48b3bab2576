namespace AiGateway.Plans;

/// <summary>One loaded, immutable version of plans.json.</summary>
internal sealed record PlanBook
{
    public required IReadOnlyDictionary<string, Plan> Plans { get; init; }
    public required IReadOnlyDictionary<string, Pack> Packs { get; init; }

    /// <summary>A balance below this share of the allocation is low.</summary>
    public required int LowBalancePercent { get; init; }

    /// <summary>Granted once to a new account; 0: none.</summary>
    public required long TrialTokens { get; init; }

    public required RenewalRule Renewal { get; init; }

    /// <summary>How long a period's tokens stay usable after its end, while its renewal's payment is tried.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>As <see cref="Plan.Models"/>, for accounts without a plan.</summary>
    public IReadOnlyList<string> ModelsWithoutPlan { get; init; } = [];

    /// <summary>Somebody may not have every model.</summary>
    public bool LimitsModels { get; init; }

    /// <param name="planId">Null, or one that is no longer sold: the account has none.</param>
    public IReadOnlyList<string> ModelsOf(string? planId) =>
        planId is not null && Plans.TryGetValue(planId, out var plan) ? plan.Models : ModelsWithoutPlan;

    public Plan? PlanByPrice(string stripePriceId) => Plans.Values.FirstOrDefault(plan => plan.StripePriceId == stripePriceId);

    public Pack? PackByPrice(string stripePriceId) => Packs.Values.FirstOrDefault(pack => pack.StripePriceId == stripePriceId);

    /// <summary>The balance in one word: ok, low or depleted.</summary>
    public string StatusOf(long balance, long allocation) => balance <= 0 ? "depleted" : IsLow(balance, allocation) ? "low" : "ok";

    /// <summary>Above zero, and below the threshold.</summary>
    public bool IsLow(long balance, long allocation) => balance > 0 && (Int128)balance * 100 < (Int128)allocation * LowBalancePercent;
}

/// <summary>The plan book in force: replaced as a whole when a good edit is loaded.</summary>
internal interface IPlanBookSource
{
    PlanBook Current { get; }
}
