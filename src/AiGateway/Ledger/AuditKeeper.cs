using System.Data.Common;
using AiGateway.Storage;
using Microsoft.Extensions.Logging;

namespace AiGateway.Ledger;

/// <param name="Violations">0: the books balanced.</param>
internal sealed record AuditResult(DateTime At, long Violations);

/// <summary>
/// Audits, and remembers the outcome where every node and page can see it. An account whose rows break a rule is frozen: it is charged for what runs, and
/// nothing more is let in. Nothing is ever repaired, because the broken rows are what tells why.
/// </summary>
internal sealed class AuditKeeper(LedgerAudit audit, LedgerWriter writer, Connections database, TimeProvider time, ILogger<AuditKeeper> log)
{
    private const string AtName = "audit_at", CountName = "audit_violations";

    /// <exception cref="LedgerUnavailableException">The database cannot be read.</exception>
    public async Task<IReadOnlyList<Violation>> RunAsync(CancellationToken cancel)
    {
        var violations = await audit.RunAsync(atRest: false, cancel);
        await FreezeAsync(violations, cancel);
        await using var connection = await database.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await SetAsync(connection, transaction, CountName, violations.Count, cancel);
        await SetAsync(connection, transaction, AtName, time.GetUtcNow().ToUnixTimeMilliseconds(), cancel);
        await transaction.CommitAsync(cancel);
        return violations;
    }

    /// <returns>The users whose accounts are frozen.</returns>
    public async Task<IReadOnlyList<string>> FrozenAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("SELECT user_id FROM accounts WHERE status = @frozen ORDER BY id", ("@frozen", (int)AccountStatus.Frozen));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var users = new List<string>();
        while (await reader.ReadAsync(cancel))
            users.Add(reader.GetString(0));
        return users;
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

    private async Task FreezeAsync(IReadOnlyList<Violation> violations, CancellationToken cancel)
    {
        foreach (var first in violations.DistinctBy(violation => violation.AccountId))
        {
            log.LogError("The books do not balance: {Violation}", first);
            if (await UserAsync(first.AccountId, cancel) is { } user)
                await writer.SendAsync(new SetStatusCommand(user, AccountStatus.Frozen)).WaitAsync(cancel);
        }
    }

    /// <returns>Null: the broken row belongs to nobody.</returns>
    private async Task<string?> UserAsync(long accountId, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("SELECT user_id FROM accounts WHERE id = @id", ("@id", accountId));
        return await command.ExecuteScalarAsync(cancel) as string;
    }

    private static async Task SetAsync(DbConnection connection, DbTransaction transaction, string name, long value, CancellationToken cancel)
    {
        await using var command = connection.Statement("UPDATE gateway_state SET value = @value WHERE name = @name", ("@name", name), ("@value", value));
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(cancel);
    }
}
