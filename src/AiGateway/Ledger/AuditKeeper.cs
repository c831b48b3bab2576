using System.Data.Common;
using AiGateway.Storage;

namespace AiGateway.Ledger;

/// <param name="Violations">0: the books balanced.</param>
internal sealed record AuditResult(DateTime At, long Violations);

/// <summary>Audits, and remembers the outcome where every node and page can see it. It guards nothing: the books are what the tables say.</summary>
internal sealed class AuditKeeper(LedgerAudit audit, Connections database, TimeProvider time)
{
    private const string AtName = "audit_at", CountName = "audit_violations";

    /// <exception cref="LedgerUnavailableException">The database cannot be read.</exception>
    public async Task<IReadOnlyList<Violation>> RunAsync(CancellationToken cancel)
    {
        var violations = await audit.RunAsync(atRest: false, cancel);
        await using var connection = await database.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await SetAsync(connection, transaction, CountName, violations.Count, cancel);
        await SetAsync(connection, transaction, AtName, time.GetUtcNow().ToUnixTimeMilliseconds(), cancel);
        await transaction.CommitAsync(cancel);
        return violations;
    }

    /// <returns>Null: nobody has audited yet.</returns>
    public async Task<AuditResult?> LastAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("SELECT name, value FROM gateway_state WHERE name IN (@at, @count)", ("@at", AtName), ("@count", CountName));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
            values[reader.GetString(0)] = reader.GetInt64(1);
        return values.TryGetValue(AtName, out var at) && at > 0
            ? new AuditResult(DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime, values.GetValueOrDefault(CountName))
            : null;
    }

    private static async Task SetAsync(DbConnection connection, DbTransaction transaction, string name, long value, CancellationToken cancel)
    {
        await using var command = connection.Statement("UPDATE gateway_state SET value = @value WHERE name = @name", ("@name", name), ("@value", value));
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(cancel);
    }
}
