namespace AiGateway.Plans;

internal enum BillingUnit { Day, Month, Year }

/// <summary>How often a plan renews. 28 days is 28 days: no number of cycles makes a year.</summary>
internal readonly record struct BillingCycle(int Count, BillingUnit Unit);

/// <summary>What a renewal does with tokens that are left.</summary>
internal enum RenewalRule
{
    /// <summary>The older subscription's tokens end when the new period's are granted.</summary>
    Reset,
}

/// <summary>What is sold: so many tokens for so many cents.</summary>
/// <param name="StripePriceId">Stripe's id of the price; null: not set up (yet), or its environment variable is not set.</param>
internal abstract record Offer(string Id, string Name, long Tokens, long UsdCents, string? StripePriceId)
{
    /// <summary>20 cents of each dollar, at most, may go to the provider.</summary>
    public const int LeastMarginPercent = 80;

    // $20 per 1M tokens: 2,000 cents.
    private const long ReferenceCentsPerMillion = 2_000;

    /// <summary>Whether the margin falls below 80% when every token costs the reference price.</summary>
    public bool IsBelowMargin =>
        (Int128)Tokens * ReferenceCentsPerMillion * 100 > (Int128)UsdCents * (100 - LeastMarginPercent) * 1_000_000;
}

/// <summary>A subscription: its tokens are granted every cycle.</summary>
internal sealed record Plan(string Id, string Name, long Tokens, long UsdCents, string? StripePriceId, BillingCycle Cycle)
    : Offer(Id, Name, Tokens, UsdCents, StripePriceId)
{
    /// <summary>The models that it is for, as names or beginnings of names with a *; empty: all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>What an average user of it should stay below in a month, as its owner reckons.</summary>
    public long TargetTokensPerMonth { get; init; } = Cycle.Unit == BillingUnit.Year ? 2_000_000 : 500_000;

    /// <summary>A user who uses more than this in one paid period is told to the owner.</summary>
    public long AlertTokensPerCycle { get; init; } = Cycle.Unit == BillingUnit.Year ? 8_000_000 : 1_000_000;
}

/// <summary>Tokens bought once; they do not expire.</summary>
internal sealed record Pack(string Id, string Name, long Tokens, long UsdCents, string? StripePriceId)
    : Offer(Id, Name, Tokens, UsdCents, StripePriceId);
