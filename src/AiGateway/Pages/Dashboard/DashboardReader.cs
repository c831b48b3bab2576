using AiGateway.Insights;
using AiGateway.Plans;

namespace AiGateway.Pages.Dashboard;

/// <summary>Puts together what the dashboard's pages show of one user.</summary>
internal sealed class DashboardReader(
    BalanceReader balances, LotReader lots, TransactionReader transactions, TypicalReader typicals, IPlanBookSource plans, TimeProvider time)
{
    private const int LastRows = 5;

    /// <returns>Null: there is no such user any more.</returns>
    public async Task<BalanceModel?> BalanceAsync(string user, CancellationToken cancel)
    {
        if (await balances.BalanceAsync(user, plans.Current.StatusOf, cancel) is not { } balance || await balances.UserAsync(user, cancel) is not { } account)
            return null;
        var last = await transactions.ListAsync(new TransactionFilter(user, null, null, null, null), null, LastRows, cancel);
        return new BalanceModel(balance, await lots.LeftAsync(user, cancel), last.Data, account.Status != "active", PlanName(balance.Plan), time.GetUtcNow().UtcDateTime);
    }

    /// <returns>Null: there is no such user any more.</returns>
    public async Task<TokensModel?> TokensAsync(string user, bool isDemo, TokensNotice? notice, CancellationToken cancel)
    {
        if (await balances.BalanceAsync(user, plans.Current.StatusOf, cancel) is not { } balance)
            return null;
        var book = plans.Current;
        return new TokensModel(
            balance, [.. book.Packs.Values.OrderBy(pack => pack.UsdCents)], [.. book.Plans.Values.OrderBy(plan => plan.UsdCents)],
            await typicals.ChatAsync(user, cancel), isDemo, notice);
    }

    /// <summary>A plan that is no longer sold is known by its id.</summary>
    private string? PlanName(string? id) => id is null ? null : plans.Current.Plans.GetValueOrDefault(id)?.Name ?? id;
}
