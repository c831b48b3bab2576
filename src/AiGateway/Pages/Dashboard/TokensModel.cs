using AiGateway.Insights;
using AiGateway.Plans;

namespace AiGateway.Pages.Dashboard;

/// <summary>Why something was not bought.</summary>
/// <param name="Kind">low or bad.</param>
internal sealed record TokensNotice(string Kind, string Title, string Text);

/// <summary>What /dashboard/tokens shows.</summary>
/// <param name="Packs">Cheapest first.</param>
/// <param name="Plans">Cheapest first.</param>
/// <param name="ChatTokens">What one chat is reckoned at.</param>
/// <param name="Notice">Null: nothing went wrong.</param>
internal sealed record TokensModel(BalanceView Balance, IReadOnlyList<Pack> Packs, IReadOnlyList<Plan> Plans, long ChatTokens, bool IsDemo, TokensNotice? Notice)
{
    private long RunningCents => Plans.FirstOrDefault(plan => plan.Id == Balance.Plan)?.UsdCents ?? 0;

    /// <summary>The most tokens for a dollar.</summary>
    public Pack? Best => Packs.Count < 2 ? null : Packs.MaxBy(pack => (decimal)pack.Tokens / pack.UsdCents);

    public long Chats(Offer offer) => offer.Tokens / ChatTokens;

    /// <summary>A running plan can be changed for a dearer one; the rest is the customer portal's.</summary>
    public bool CanChoose(Plan plan) => plan.UsdCents > RunningCents;
}
