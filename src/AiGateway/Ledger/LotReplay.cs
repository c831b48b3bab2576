using System.Runtime.CompilerServices;
using AiGateway.Storage;
using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>
/// I8: attributes every row of the ledger to the lots at once, in the order in which they were written, and compares the outcome
/// with what the deferred attribution has left in the lots.
/// </summary>
internal static class LotReplay
{
    public static async IAsyncEnumerable<Violation> RunAsync(ReadSnapshot snapshot, [EnumeratorCancellation] CancellationToken cancel)
    {
        var accounts = await LotsAsync(snapshot, cancel);
        await using var command = snapshot.Command(
            """
            SELECT t.account_id, t.seq, t.tokens_used, t.entry, t.source_key, k.lot_id FROM token_transactions t
            LEFT JOIN source_keys k ON k.source_key = t.source_key ORDER BY t.account_id, t.seq
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            if (accounts.TryGetValue(reader.GetInt64(0), out var eager))
                eager.Play(reader.GetInt64(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.IsDBNull(5) ? 0 : reader.GetInt64(5));
        foreach (var (id, eager) in accounts.OrderBy(account => account.Key))
            foreach (var difference in eager.Differences().Take(1))
                yield return new Violation("I8", id, $"lot {difference.Lot.SourceKey}", "a lot has left what attributing each use at once leaves",
                    $"{difference.Expected}", $"{difference.Lot.Remaining}");
    }

    private static async Task<Dictionary<long, Eager>> LotsAsync(ReadSnapshot snapshot, CancellationToken cancel)
    {
        var accounts = new Dictionary<long, Eager>();
        await using var command = snapshot.Command(
            """
            SELECT l.account_id, a.unattributed, l.id, l.source_key, l.priority, l.granted, l.remaining, l.expires_at
            FROM token_lots l JOIN accounts a ON a.id = l.account_id
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (!accounts.TryGetValue(reader.GetInt64(0), out var eager))
                accounts[reader.GetInt64(0)] = eager = new Eager(reader.GetInt64(1));
            eager.Deferred.Add(new TokenLotRow
            {
                AccountId = reader.GetInt64(0), Id = reader.GetInt64(2), SourceKey = reader.GetString(3), Priority = reader.GetInt32(4),
                Granted = reader.GetInt64(5), Remaining = reader.GetInt64(6), ExpiresAt = reader.IsDBNull(7) ? null : reader.GetInt64(7), ActionType = "",
            });
        }
        return accounts;
    }

    /// <summary>One account's lots, attributed at once.</summary>
    private sealed class Eager(long unattributed)
    {
        private readonly SortedList<TokenLotRow, long> _open = new(Comparer<TokenLotRow>.Create(BurnOrder.Compare));
        private long _owed;

        /// <summary>The lots as the tables have them.</summary>
        public List<TokenLotRow> Deferred { get; } = [];

        public void Play(long used, string entry, string? sourceKey, long lotId)
        {
            if (used < 0)
                Add(Deferred.Find(lot => lot.SourceKey == sourceKey || lot.Id == lotId), -used);
            else if (entry == EntryNames.Removal && Deferred.Find(lot => lot.SourceKey == sourceKey || lot.Id == lotId) is { } named)
                Burn(used - TakeFrom(named, used));
            else
                Burn(used);
        }

        public IEnumerable<(TokenLotRow Lot, long Expected)> Differences()
        {
            var flushed = BurnOrder.Burn(BurnOrder.Sort(Deferred), ref unattributed);
            return flushed.Where(lot => lot.Remaining != _open.GetValueOrDefault(lot)).Select(lot => (lot, _open.GetValueOrDefault(lot)));
        }

        private void Add(TokenLotRow? lot, long tokens)
        {
            if (lot is null)
                return;
            // A lot that gave back what was taken of it already is there.
            _open[lot] = _open.GetValueOrDefault(lot) + tokens;
            var owed = _owed;
            _owed = 0;
            Burn(owed);
        }

        private long TakeFrom(TokenLotRow lot, long tokens)
        {
            var taken = Math.Min(tokens, _open.GetValueOrDefault(lot));
            if (taken > 0)
                _open[lot] -= taken;
            return taken;
        }

        private void Burn(long tokens)
        {
            for (var i = 0; i < _open.Count && tokens > 0; i++)
            {
                var taken = Math.Min(tokens, _open.GetValueAtIndex(i));
                _open.SetValueAtIndex(i, _open.GetValueAtIndex(i) - taken);
                tokens -= taken;
            }
            _owed += tokens;
        }
    }
}
