using System.Collections.Immutable;
using System.Runtime.InteropServices;
using AiGateway.Storage;
using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>What a batch has changed so far: each row once, in its last state; new rows apart from changed ones.</summary>
internal sealed class ChangeSet
{
    private readonly Changed<long, AccountRow> _accounts = new();
    private readonly Changed<(long, string), TokenHoldRow> _holds = new();
    private readonly Changed<long, TokenLotRow> _lots = new();
    private readonly List<TokenTransactionRow> _entries = [];
    private readonly List<SourceKeyRow> _sourceKeys = [];
    private readonly List<ProviderObjectRow> _objects = [];
    private readonly Dictionary<(int, long, string, string), UsageDailyRow> _usage = [];

    /// <exception cref="OverflowException">A day's sum does not fit; nothing was added then.</exception>
    public void Add(LedgerFacts before, Decision after)
    {
        AddUsage(after.Entries);
        if (after.Account is { } account && !ReferenceEquals(account, before.Account))
            _accounts.Put(account.Id, account, isNew: before.Account is null);
        if (after.Hold is { } hold && !ReferenceEquals(hold, before.Hold))
            _holds.Put((hold.AccountId, hold.RequestId), hold, isNew: before.Hold is null);
        if (!after.Lots.IsDefault)
            AddLots(before.Lots.IsDefault ? [] : before.Lots, after.Lots);
        _entries.AddRange(after.Entries);
        if (after.SourceKey is { } key)
            _sourceKeys.Add(key);
        _objects.AddRange(after.Objects);
    }

    public LedgerChanges ToChanges() => new(
        _accounts.New.Values, _accounts.Old.Values, _holds.New.Values, _holds.Old.Values, _lots.New.Values, _lots.Old.Values,
        _entries, _sourceKeys, _usage.Values, _objects);

    private void AddLots(ImmutableArray<TokenLotRow> before, ImmutableArray<TokenLotRow> after)
    {
        foreach (var lot in after)
        {
            var old = before.FirstOrDefault(known => known.Id == lot.Id);
            if (!ReferenceEquals(old, lot))
                _lots.Put(lot.Id, lot, isNew: old is null);
        }
    }

    /// <summary>A decision books at most one row that counts as usage, so that an overflow here leaves nothing half added.</summary>
    private void AddUsage(IReadOnlyList<TokenTransactionRow> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Entry is not (EntryNames.Usage or EntryNames.Correction))
                continue;
            var more = Rollup.Of(entry);
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_usage, (more.Day, more.AccountId, more.ActionType, more.Model), out _);
            sum = sum is null ? more : Rollup.Add(sum, more);
        }
    }

    /// <summary>A row that was new in this batch stays new, whatever happened to it since.</summary>
    private sealed class Changed<TKey, TRow> where TKey : notnull
    {
        public Dictionary<TKey, TRow> New { get; } = [];
        public Dictionary<TKey, TRow> Old { get; } = [];

        public void Put(TKey key, TRow row, bool isNew) => (isNew || New.ContainsKey(key) ? New : Old)[key] = row;
    }
}
