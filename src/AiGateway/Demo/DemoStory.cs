using AiGateway.Plans;

namespace AiGateway.Demo;

/// <summary>Something that befell a demo user's tokens, so many days ago.</summary>
/// <param name="Tokens">Given where above zero, taken where below.</param>
/// <param name="Pack">What was bought; null: nothing was paid for.</param>
internal sealed record DemoTurn(int DaysAgo, string Action, long Tokens, string? Pack = null)
{
    public long RefundedCents { get; init; }
    public bool IsLostDispute { get; init; }
}

/// <summary>A demo user: what he bought, how much he calls, and how he stands today.</summary>
/// <param name="CallsInTenDays">At today's pace; earlier it was somewhat less, and some days are quiet.</param>
internal sealed record DemoStory(string UserId, int CallsInTenDays)
{
    public string? Plan { get; init; }

    /// <summary>Days ago.</summary>
    public int PlanBegan { get; init; }

    /// <summary>Days ago; null: it runs.</summary>
    public int? PlanEnded { get; init; }

    public IReadOnlyList<DemoTurn> Turns { get; init; } = [];

    /// <summary>The balance that the user has in the end, to the token; null: whatever his calls leave.</summary>
    public long? EndsWith { get; init; }

    public bool IsSuspended { get; init; }

    /// <summary>The user of the printed curl: 4,234,567 of five million are left.</summary>
    public const string First = "demo-user";

    /// <summary>Nobody granted this one anything: every call is refused for want of tokens.</summary>
    public const string Empty = "demo-empty";

    /// <summary>Buys a pack through the demo checkout while the others are seeded.</summary>
    public const string Buyer = "demo-hugo";

    /// <summary>Whether everything in it is sold.</summary>
    public bool Fits(PlanBook book) => (Plan is null || book.Plans.ContainsKey(Plan)) && Turns.All(turn => turn.Pack is null || book.Packs.ContainsKey(turn.Pack));

    public static readonly IReadOnlyList<DemoStory> All =
    [
        new(First, 51) { Plan = "annual", PlanBegan = 45, EndsWith = 4_234_567 },
        new("demo-monthly", 45) { Plan = "monthly", PlanBegan = 50 },
        new("demo-low", 120) { Plan = "monthly", PlanBegan = 40, EndsWith = 41_900 },
        new("demo-depleted", 7) { Turns = [new(18, "trial_grant", 60_000)], EndsWith = -1_240 },
        new("demo-heavy", 182) { Plan = "monthly", PlanBegan = 51, Turns = [new(42, "token_pack", 500_000, "medium"), new(22, "token_pack", 1_000_000, "large"), new(9, "token_pack", 500_000, "medium")], EndsWith = 612_480 },
        new("demo-ada", 75) { Plan = "annual", PlanBegan = 58 },
        new("demo-ben", 42) { Plan = "monthly", PlanBegan = 54, Turns = [new(33, "promo_grant", 50_000)] },
        new("demo-chloé", 52) { Plan = "monthly", PlanBegan = 35, Turns = [new(30, "token_pack", 100_000, "small") { RefundedCents = 600 }, new(27, "refund", -40_000), new(12, "adjustment", 5_000)] },
        new("demo-dara", 22) { Turns = [new(48, "token_pack", 500_000, "medium") { IsLostDispute = true }, new(20, "dispute", -180_000)] },
        new("demo-elif", 95) { Plan = "annual", PlanBegan = 20, Turns = [new(26, "trial_grant", 80_000)] },
        new("demo-finn", 50) { Plan = "monthly", PlanBegan = 56, PlanEnded = 28 },
        new("demo-grace", 58) { Plan = "monthly", PlanBegan = 31 },
        new(Buyer, 20) { Turns = [new(59, "token_pack", 500_000, "medium"), new(41, "correction", -340), new(23, "correction", 1_220), new(14, "adjustment", -2_500)] },
        new("demo-ivy", 24) { Turns = [new(15, "trial_grant", 60_000), new(12, "promo_grant", 120_000)] },
        new("demo-suspended", 30) { Plan = "monthly", PlanBegan = 44, IsSuspended = true },
    ];
}
