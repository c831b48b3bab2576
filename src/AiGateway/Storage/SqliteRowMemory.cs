using AiGateway.Storage.Tables;

namespace AiGateway.Storage;

/// <summary>
/// Rows as this connection last committed them: most moves concern an account and a hold that it has just written.
/// Good for as long as nobody else commits to the file, which <c>PRAGMA data_version</c>, read inside the transaction, tells.
/// </summary>
internal sealed class SqliteRowMemory
{
    /// <summary>Beyond so many rows it starts anew; a batch touches some hundred.</summary>
    private const int Limit = 20_000;

    private readonly Dictionary<string, AccountRow> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<(long Account, string Request), TokenHoldRow> _openHolds = [];
    private long _version = long.MinValue;

    /// <summary>At the start of each transaction.</summary>
    /// <param name="version">The database's data_version.</param>
    public void Begin(long version)
    {
        if (version == _version && _accounts.Count + _openHolds.Count < Limit)
            return;
        _accounts.Clear();
        _openHolds.Clear();
        _version = version;
    }

    public AccountRow? Account(string userId) => _accounts.GetValueOrDefault(userId);

    public TokenHoldRow? OpenHold(long account, string request) => _openHolds.GetValueOrDefault((account, request));

    /// <summary>After the commit, and only then.</summary>
    public void Committed(LedgerChanges changes)
    {
        foreach (var account in changes.NewAccounts)
            _accounts[account.UserId] = account;
        foreach (var account in changes.Accounts)
            _accounts[account.UserId] = account;
        foreach (var hold in changes.NewHolds)
            Keep(hold);
        foreach (var hold in changes.Holds)
            Keep(hold);
    }

    private void Keep(TokenHoldRow hold)
    {
        const int FirstClosedState = 2;
        if (hold.State < FirstClosedState)
            _openHolds[(hold.AccountId, hold.RequestId)] = hold;
        else
            _openHolds.Remove((hold.AccountId, hold.RequestId));
    }
}
