using AiGateway.Storage.Tables;

namespace AiGateway.Storage;

/// <summary>What one load brought: rows, and which of those asked for are not there.</summary>
internal sealed class SqlServerRows
{
    private readonly HashSet<string> _users = new(StringComparer.Ordinal), _keys = new(StringComparer.Ordinal), _lotKeys = new(StringComparer.Ordinal);
    private readonly HashSet<(string User, string Request)> _holdsAsked = [];
    private readonly Dictionary<string, AccountRow> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<long, AccountRow> _byId = [];
    private readonly Dictionary<(long, string), TokenHoldRow> _holds = [];
    private readonly Dictionary<string, SourceKeyRow> _sourceKeys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TokenLotRow> _named = new(StringComparer.Ordinal);
    private readonly Dictionary<long, List<TokenLotRow>> _lots = [];

    /// <summary>Before anything was loaded.</summary>
    public static SqlServerRows None => new();

    public Queue<long> FreshAccountIds { get; } = new();

    public Queue<long> FreshLotIds { get; } = new();

    public void Asked(LedgerNeeds needs)
    {
        _users.UnionWith(needs.Users.Keys);
        _holdsAsked.UnionWith(needs.Holds);
        _keys.UnionWith(needs.SourceKeys);
        _lotKeys.UnionWith(needs.Lots);
    }

    /// <param name="withLots">All of its lots come too, if it has any.</param>
    public void Add(AccountRow account, bool withLots)
    {
        (_accounts[account.UserId], _byId[account.Id]) = (account, account);
        if (withLots)
            _lots.TryAdd(account.Id, []);
    }

    public void Add(TokenHoldRow hold) => _holds[(hold.AccountId, hold.RequestId)] = hold;

    public void Add(SourceKeyRow key) => _sourceKeys[key.SourceKey] = key;

    public void AddNamed(TokenLotRow lot) => _named[lot.SourceKey] = lot;

    public void Add(TokenLotRow lot) => _lots[lot.AccountId].Add(lot);

    public bool Knows(string userId) => _users.Contains(userId) || _accounts.ContainsKey(userId);

    public AccountRow? Account(string userId) => _accounts.GetValueOrDefault(userId);

    public AccountRow? Account(long id) => _byId.GetValueOrDefault(id);

    /// <returns>False: nobody asked for it.</returns>
    public bool TryHold(long accountId, string requestId, out TokenHoldRow? hold)
    {
        hold = _holds.GetValueOrDefault((accountId, requestId));
        // An account that this batch makes has no holds yet.
        return hold is not null || !_byId.TryGetValue(accountId, out var account) || _holdsAsked.Contains((account.UserId, requestId));
    }

    public bool TrySourceKey(string sourceKey, out SourceKeyRow? key)
    {
        key = _sourceKeys.GetValueOrDefault(sourceKey);
        return key is not null || _keys.Contains(sourceKey);
    }

    public bool KnowsLot(string sourceKey) => _lotKeys.Contains(sourceKey);

    public TokenLotRow? Lot(string sourceKey) => _named.GetValueOrDefault(sourceKey);

    /// <returns>Null: they were not asked for.</returns>
    public IReadOnlyList<TokenLotRow>? Lots(long accountId) => _lots.TryGetValue(accountId, out var lots) ? lots : _byId.ContainsKey(accountId) ? null : [];

    /// <summary>Adds what a later load brought; what was known before was read under the same locks and stays.</summary>
    public SqlServerRows With(SqlServerRows later)
    {
        _users.UnionWith(later._users);
        _holdsAsked.UnionWith(later._holdsAsked);
        _keys.UnionWith(later._keys);
        _lotKeys.UnionWith(later._lotKeys);
        foreach (var account in later._accounts.Values)
            Add(account, withLots: false);
        foreach (var (id, lots) in later._lots)
            _lots.TryAdd(id, lots);
        foreach (var hold in later._holds.Values)
            Add(hold);
        foreach (var key in later._sourceKeys.Values)
            Add(key);
        foreach (var lot in later._named.Values)
            AddNamed(lot);
        foreach (var id in later.FreshAccountIds)
            FreshAccountIds.Enqueue(id);
        foreach (var id in later.FreshLotIds)
            FreshLotIds.Enqueue(id);
        return this;
    }
}
