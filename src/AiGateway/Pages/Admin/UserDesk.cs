using AiGateway.Accounts;
using AiGateway.Insights;
using AiGateway.Plans;

namespace AiGateway.Pages.Admin;

/// <summary>Everything about one user.</summary>
/// <param name="Rows">Of the ledger, newest first.</param>
/// <param name="IsOlder">The rows are not the newest.</param>
/// <param name="FormKey">Makes what the page's forms ask for happen once, however often they are sent.</param>
internal sealed record UserModel(
    UserView User, BalanceView Balance, Page<TransactionView> Rows, IReadOnlyList<HoldView> Holds, KeyListModel Keys, bool IsOlder, string FormKey, DateTime Now)
{
    public string? Done { get; init; }
    public string? Problem { get; init; }
}

internal sealed class UserDesk(BalanceReader balances, TransactionReader transactions, HoldReader holds, KeyStore keys, IPlanBookSource plans, TimeProvider time)
{
    private const int FormKeyDigits = 24, HoldsShown = 20;

    /// <returns>Null: nobody has seen this user.</returns>
    public async Task<UserModel?> ReadAsync(string id, string? after, int rows, int mostKeys, CancellationToken cancel)
    {
        if (await balances.UserAsync(id, cancel) is not { } user || await balances.BalanceAsync(id, plans.Current.StatusOf, cancel) is not { } balance)
            return null;
        var now = time.GetUtcNow().UtcDateTime;
        var page = await transactions.ListAsync(new TransactionFilter(id, null, null, null, null), after, rows, cancel);
        var open = await holds.OpenAsync(id, null, HoldsShown, cancel);
        return new UserModel(
            user, balance, page, open.Data, new KeyListModel(await keys.OfUserAsync(id, mostKeys, cancel), Links.User(id), now), after is not null,
            System.Security.Cryptography.RandomNumberGenerator.GetHexString(FormKeyDigits, lowercase: true), now);
    }
}
