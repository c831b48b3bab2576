using AiGateway.Ledger;

namespace AiGateway.Demo;

/// <summary>A few users with balances, so that a fresh clone has somebody to call for.</summary>
internal static class DemoUsers
{
    /// <summary>The user of the printed curl.</summary>
    public const string First = "demo-user";

    private static readonly (string User, long Tokens, LotKind Kind, string Action)[] Grants =
    [
        (First, 5_000_000, LotKind.Subscription, "subscription_grant"),
        ("demo-monthly", 600_000, LotKind.Subscription, "subscription_grant"),
        ("demo-low", 1_500, LotKind.Trial, "trial_grant"),
    ];

    /// <summary>Nobody granted this one anything: every call is refused for want of tokens.</summary>
    public const string Empty = "demo-empty";

    public static async Task SeedAsync(Bookkeeper ledger, CancellationToken cancel)
    {
        foreach (var (user, tokens, kind, action) in Grants)
            await ledger.GrantAsync(new GrantRequest(user, tokens, kind, action, "demo-seed:" + user), cancel);
        await ledger.OpenAsync(Empty, cancel);
    }
}
