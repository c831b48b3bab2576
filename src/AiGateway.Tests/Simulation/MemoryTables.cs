using AiGateway.Storage;
using AiGateway.Storage.Tables;

namespace AiGateway.Tests.Simulation;

/// <summary>What a database would keep. It takes a batch whole or not at all, and refuses what a key or a missing row would refuse.</summary>
internal sealed class MemoryTables
{
    private readonly Dictionary<(long Account, string Request), TokenHoldRow> _open = [];

    public Dictionary<string, AccountRow> Accounts { get; } = new(StringComparer.Ordinal);
    public Dictionary<long, string> Users { get; } = [];
    public Dictionary<(long Account, string Request), TokenHoldRow> Holds { get; } = [];
    public Dictionary<long, List<TokenLotRow>> Lots { get; } = [];
    public Dictionary<string, TokenLotRow> LotsByKey { get; } = new(StringComparer.Ordinal);
    public Dictionary<long, List<TokenTransactionRow>> Entries { get; } = [];
    public Dictionary<string, SourceKeyRow> SourceKeys { get; } = new(StringComparer.Ordinal);
    public Dictionary<(int Day, long Account, string Action, string Model), UsageDailyRow> Usage { get; } = [];
    public long LastAccountId { get; private set; }
    public long LastLotId { get; private set; }

    /// <exception cref="InvalidOperationException">A key or a row forbids it; nothing has changed.</exception>
    public void Apply(LedgerChanges changes)
    {
        Check(changes);
        foreach (var account in changes.NewAccounts)
            (Accounts[account.UserId], Users[account.Id], LastAccountId) = (account, account.UserId, Math.Max(LastAccountId, account.Id));
        foreach (var account in changes.Accounts)
            Accounts[account.UserId] = account;
        foreach (var hold in changes.NewHolds)
            Put(hold);
        foreach (var hold in changes.Holds)
            Put(hold);
        foreach (var lot in changes.NewLots)
            Put(lot);
        foreach (var lot in changes.Lots)
            Put(lot);
        foreach (var entry in changes.Entries)
            EntriesOf(entry.AccountId).Add(entry);
        foreach (var key in changes.SourceKeys)
            SourceKeys.Add(key.SourceKey, key);
        foreach (var more in changes.Usage)
        {
            var day = (more.Day, more.AccountId, more.ActionType, more.Model);
            Usage[day] = Usage.TryGetValue(day, out var sum) ? Sum(sum, more) : more;
        }
    }

    public DueWork FindDue(long nowMs, int limit)
    {
        var holds = _open.Values.Where(hold => hold.ExpiresAt <= nowMs)
            .OrderBy(hold => hold.ExpiresAt).ThenBy(hold => hold.AccountId).ThenBy(hold => hold.RequestId, StringComparer.Ordinal).Take(limit);
        var users = Accounts.Values.Where(account => account.NextDueAt <= nowMs).OrderBy(account => account.NextDueAt).ThenBy(account => account.Id).Take(limit);
        return new DueWork([.. holds.Select(hold => (Users[hold.AccountId], hold.RequestId))], [.. users.Select(account => account.UserId)]);
    }

    public List<TokenTransactionRow> EntriesOf(long account)
    {
        if (!Entries.TryGetValue(account, out var entries))
            Entries[account] = entries = [];
        return entries;
    }

    public List<TokenLotRow> LotsOf(long account)
    {
        if (!Lots.TryGetValue(account, out var lots))
            Lots[account] = lots = [];
        return lots;
    }

    private void Check(LedgerChanges changes)
    {
        foreach (var account in changes.NewAccounts)
            if (Accounts.ContainsKey(account.UserId) || Users.ContainsKey(account.Id))
                Refuse($"account {account.UserId} is there");
        foreach (var account in changes.Accounts)
            if (!Accounts.ContainsKey(account.UserId))
                Refuse($"account {account.UserId} is not there");
        foreach (var hold in changes.NewHolds)
            if (Holds.ContainsKey((hold.AccountId, hold.RequestId)))
                Refuse($"hold {hold.RequestId} is there");
        foreach (var hold in changes.Holds)
            if (!Holds.ContainsKey((hold.AccountId, hold.RequestId)))
                Refuse($"hold {hold.RequestId} is not there");
        foreach (var lot in changes.NewLots)
            if (LotsByKey.ContainsKey(lot.SourceKey) || lot.Id <= LastLotId)
                Refuse($"lot {lot.SourceKey} is there");
        foreach (var lot in changes.Lots)
            if (!LotsByKey.ContainsKey(lot.SourceKey))
                Refuse($"lot {lot.SourceKey} is not there");
        foreach (var key in changes.SourceKeys)
            if (SourceKeys.ContainsKey(key.SourceKey))
                Refuse($"source key {key.SourceKey} is there");
        foreach (var entry in changes.Entries)
            if (entry.Seq <= EntriesOf(entry.AccountId).Count)
                Refuse($"row {entry.Seq} of {entry.UserId} is there");
    }

    private static void Refuse(string why) => throw new InvalidOperationException($"A key forbids it: {why}.");

    private void Put(TokenHoldRow hold)
    {
        const int FirstClosedState = 2;
        Holds[(hold.AccountId, hold.RequestId)] = hold;
        if (hold.State < FirstClosedState)
            _open[(hold.AccountId, hold.RequestId)] = hold;
        else
            _open.Remove((hold.AccountId, hold.RequestId));
    }

    private void Put(TokenLotRow lot)
    {
        var lots = LotsOf(lot.AccountId);
        var at = lots.FindIndex(known => known.Id == lot.Id);
        if (at < 0)
            lots.Add(lot);
        else
            lots[at] = lot;
        LotsByKey[lot.SourceKey] = lot;
        LastLotId = Math.Max(LastLotId, lot.Id);
    }

    private static UsageDailyRow Sum(UsageDailyRow a, UsageDailyRow b) => a with
    {
        Calls = a.Calls + b.Calls, Tokens = a.Tokens + b.Tokens, CostNanoUsd = a.CostNanoUsd + b.CostNanoUsd, PromptTokens = a.PromptTokens + b.PromptTokens,
        CompletionTokens = a.CompletionTokens + b.CompletionTokens, CachedTokens = a.CachedTokens + b.CachedTokens, ReasoningTokens = a.ReasoningTokens + b.ReasoningTokens,
    };
}
