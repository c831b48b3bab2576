using System.Data.Common;
using AiGateway.Storage;

namespace AiGateway.Ledger;

/// <param name="Invariant">I1 to I10.</param>
/// <param name="AccountId">Whose row breaks it; 0 where it belongs to no account.</param>
/// <param name="Row">Which row: a seq, a request id, a lot, a day.</param>
internal sealed record Violation(string Invariant, long AccountId, string Row, string Rule, string Expected, string Found)
{
    public override string ToString() => $"{Invariant}: account {AccountId}, {Row}: {Rule}; expected {Expected}, found {Found}";
}

/// <summary>
/// Proves the books from the tables alone, as one moment shows them: it shares nothing with the code that wrote them but the order
/// in which lots burn. For each rule it names the first rows that break it.
/// </summary>
internal sealed class LedgerAudit(LedgerStore store, TimeProvider time)
{
    /// <param name="atRest">No call is in flight: nothing may be held any more.</param>
    /// <exception cref="LedgerUnavailableException">The database cannot be read.</exception>
    public async Task<IReadOnlyList<Violation>> RunAsync(bool atRest, CancellationToken cancel)
    {
        await using var snapshot = await OpenAsync(cancel);
        var violations = new List<Violation>();
        foreach (var rule in AuditRules.All(store.DayOfSql("t.created_at"), time.GetUtcNow().ToUnixTimeMilliseconds(), atRest))
            await CheckAsync(snapshot, rule, violations, cancel);
        await foreach (var violation in LotReplay.RunAsync(snapshot, cancel))
            violations.Add(violation);
        return violations;
    }

    private async Task<ReadSnapshot> OpenAsync(CancellationToken cancel)
    {
        try
        {
            return await store.ReadSnapshotAsync(cancel);
        }
        catch (StoreUnavailableException error)
        {
            throw new LedgerUnavailableException("The books cannot be read.", error);
        }
    }

    private static async Task CheckAsync(ReadSnapshot snapshot, AuditRule rule, List<Violation> violations, CancellationToken cancel)
    {
        await using var command = snapshot.Command(rule.Sql);
        violations.AddRange(await command.FirstAsync(AuditRules.NamedAtMost,
            row => new Violation(rule.Invariant, row.GetInt64(0), $"{rule.Row} {Text(row, 1)}", rule.Rule, Text(row, 2), Text(row, 3)), cancel));
    }

    private static string Text(DbDataReader reader, int column) =>
        Convert.ToString(reader.GetValue(column), System.Globalization.CultureInfo.InvariantCulture) ?? "";
}
