using System.Collections.Immutable;
using AiGateway.Storage;
using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>
/// The commands of one transaction, run one after the other: each sees what those before it left behind. Rows are read when a
/// command first concerns them and written once, in their last state, when all have run.
/// </summary>
internal sealed class LedgerBatch(LedgerTransaction transaction, long nowMs, LedgerLimits limits)
{
    private readonly Dictionary<string, AccountRow?> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<(long, string), TokenHoldRow?> _holds = [];
    private readonly Dictionary<long, ImmutableArray<TokenLotRow>> _lots = [];
    private readonly Dictionary<string, SourceKeyRow?> _sourceKeys = new(StringComparer.Ordinal);
    private readonly ChangeSet _changes = new();

    public LedgerChanges Changes => _changes.ToChanges();

    /// <summary>What these commands will ask for, as far as can be told before the first row is read.</summary>
    public static LedgerNeeds NeedsOf(IEnumerable<LedgerCommand> commands, long nowMs)
    {
        var users = new Dictionary<string, bool>(StringComparer.Ordinal);
        var holds = new HashSet<(string, string)>();
        var (sourceKeys, lots) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var command in commands)
        {
            if (command.UserId is { } user)
                users[user] = users.GetValueOrDefault(user) || LedgerCore.AlwaysNeedsLots(command);
            if (command is { UserId: { } owner, RequestId: { } request })
                holds.Add((owner, request));
            if (command.SourceKey is { } key)
                sourceKeys.Add(key);
            if (command.LotSourceKey is { } lot)
                lots.Add(lot);
        }
        return new LedgerNeeds(users, holds, sourceKeys, lots, nowMs);
    }

    /// <summary>Runs one command. What the core throws is the command's own affair and leaves the batch as it was; what the store throws is not caught.</summary>
    /// <returns>The answer, or what went wrong with this command alone.</returns>
    public async ValueTask<(object? Answer, Exception? Error)> RunAsync(LedgerCommand command, CancellationToken cancel)
    {
        var facts = await GatherAsync(command, cancel);
        try
        {
            var decision = LedgerCore.Decide(facts, command, nowMs, limits);
            Apply(facts, decision);
            return (decision.Answer, null);
        }
        catch (Exception wrong)
        {
            return (null, wrong);
        }
    }

    private async ValueTask<LedgerFacts> GatherAsync(LedgerCommand command, CancellationToken cancel)
    {
        var clawedBack = command.LotSourceKey is { } lotKey ? await FindLotAsync(lotKey, cancel) : null;
        var account = command.UserId is { } userId ? await AccountAsync(userId, cancel)
            : clawedBack is not null ? await AccountAsync(clawedBack.AccountId, cancel) : null;
        var hold = account is not null && command.RequestId is { } requestId ? await HoldAsync(account.Id, requestId, cancel) : null;
        var sourceKey = command.SourceKey is { } key ? await SourceKeyAsync(key, cancel) : null;
        var lots = account is not null && LedgerCore.NeedsLots(account, hold, command, nowMs) ? await LotsAsync(account.Id, clawedBack, cancel) : default;
        var freshAccount = account is null ? await transaction.NextAccountIdAsync(cancel) : 0;
        // A give-back after a presumption is the only other move that makes a lot.
        var makesLot = command is GrantCommand || command is SettleCommand or ReleaseCommand && !lots.IsDefault;
        var freshLot = makesLot ? await transaction.NextLotIdAsync(cancel) : 0;
        return new LedgerFacts(account, freshAccount, hold, lots, freshLot, sourceKey) { FreshLotIds = await LotIdsAsync(command, cancel) };
    }

    private async ValueTask<IReadOnlyList<long>> LotIdsAsync(LedgerCommand command, CancellationToken cancel)
    {
        if (command is not ImportCommand import)
            return [];
        var ids = new long[ImportMoves.LotsIn(import.Request)];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = await transaction.NextLotIdAsync(cancel);
        return ids;
    }

    private void Apply(LedgerFacts before, Decision after)
    {
        _changes.Add(before, after);
        if (after.Account is not { } account)
            return;
        _accounts[account.UserId] = account;
        if (after.Hold is { } hold)
            _holds[(hold.AccountId, hold.RequestId)] = hold;
        if (!after.Lots.IsDefault)
            _lots[account.Id] = after.Lots;
        if (after.SourceKey is { } key)
            _sourceKeys[key.SourceKey] = key;
    }

    private async ValueTask<AccountRow?> AccountAsync(string userId, CancellationToken cancel)
    {
        if (!_accounts.TryGetValue(userId, out var account))
            _accounts[userId] = account = await transaction.AccountAsync(userId, cancel);
        return account;
    }

    private async ValueTask<AccountRow?> AccountAsync(long id, CancellationToken cancel)
    {
        if (_accounts.Values.FirstOrDefault(known => known?.Id == id) is { } account)
            return account;
        var found = await transaction.AccountAsync(id, cancel);
        if (found is not null)
            _accounts[found.UserId] = found;
        return found;
    }

    private async ValueTask<TokenHoldRow?> HoldAsync(long accountId, string requestId, CancellationToken cancel)
    {
        if (!_holds.TryGetValue((accountId, requestId), out var hold))
            _holds[(accountId, requestId)] = hold = await transaction.HoldAsync(accountId, requestId, cancel);
        return hold;
    }

    private async ValueTask<SourceKeyRow?> SourceKeyAsync(string key, CancellationToken cancel)
    {
        if (!_sourceKeys.TryGetValue(key, out var row))
            _sourceKeys[key] = row = await transaction.SourceKeyAsync(key, cancel);
        return row;
    }

    /// <param name="named">A lot that must be among them, even if it is used up and no longer counts.</param>
    private async ValueTask<ImmutableArray<TokenLotRow>> LotsAsync(long accountId, TokenLotRow? named, CancellationToken cancel)
    {
        if (!_lots.TryGetValue(accountId, out var lots))
            lots = BurnOrder.Sort(await transaction.LotsAsync(accountId, cancel));
        if (named is not null && lots.All(lot => lot.Id != named.Id))
            lots = BurnOrder.Sort([.. lots, named]);
        return _lots[accountId] = lots;
    }

    private async ValueTask<TokenLotRow?> FindLotAsync(string sourceKey, CancellationToken cancel) =>
        _lots.Values.SelectMany(lots => lots).FirstOrDefault(lot => lot.SourceKey == sourceKey) ?? await transaction.LotAsync(sourceKey, cancel);
}
