using System.Data.Common;
using AiGateway.Storage;

namespace AiGateway.Ledger;

/// <summary>Work that was begun by a call and goes on at the provider.</summary>
/// <param name="Hold">What it will be charged to.</param>
/// <param name="Path">Where to ask for it below the provider's address, with its query.</param>
/// <param name="Headers">What to ask with, a <c>Name: value</c> a line; null: nothing but the credential.</param>
/// <param name="BegunAtMs">When its call was answered; Unix milliseconds.</param>
/// <param name="HeldTokens">What the hold holds.</param>
/// <param name="PresumedInput">The input that was counted at its call, in tokens.</param>
internal sealed record DeferredItem(
    string ClusterId, string ObjectId, HoldId Hold, string RouteId, string Path, string? Headers, long BegunAtMs, long HeldTokens, long PresumedInput, string? Model);

/// <summary>
/// What is still to be asked for, shared by all gateways on one database: whoever takes an item puts its next look off in the same
/// statement, so that two never look at the same time and none is forgotten where one dies. All of it throws DbException.
/// </summary>
internal sealed class DeferredWork(Connections database, LedgerOptions options, TimeProvider time)
{
    // A look every tenth of an item's age: an answer that took a minute is found within six seconds.
    private const int LooksPerAge = 10;
    private const long ShortestPauseMs = 1_000;

    private const string Select = """
        SELECT o.cluster_id, o.object_id, a.user_id, h.request_id, o.route_id, o.path, o.headers, o.created_at, h.amount, h.presumed_input, h.model, o.next_look_at
        FROM provider_objects o JOIN accounts a ON a.id = o.account_id
        JOIN token_holds h ON h.account_id = o.account_id AND h.request_id = o.request_id
        WHERE o.state = 1
        """;

    // Each look renews the hold, like the renewals of live calls.
    private readonly long _longestPauseMs = Math.Max(ShortestPauseMs, options.HoldExpiry.Ticks / 3 / TimeSpan.TicksPerMillisecond);

    /// <summary>Takes items whose next look is due, the most overdue first.</summary>
    public async Task<IReadOnlyList<DeferredItem>> TakeAsync(int atMost, CancellationToken cancel)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var connection = await database.OpenAsync(cancel);
        var taken = new List<DeferredItem>();
        foreach (var (item, seenAt) in await DueAsync(connection, now, atMost, cancel))
            if (await PutOffAsync(connection, item, seenAt, now, cancel))
                taken.Add(item);
        return taken;
    }

    /// <summary>The work behind an object, where it is still to be charged; null: it was charged, or is not known here.</summary>
    public async Task<DeferredItem?> FindAsync(string clusterId, string objectId, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement($"{Select} AND o.cluster_id = @cluster AND o.object_id = @object", ("@cluster", clusterId), ("@object", objectId));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Item(reader) : null;
    }

    /// <summary>Whether anybody here began, made or was charged for this object.</summary>
    public async Task<bool> IsKnownAsync(string clusterId, string objectId, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement(
            "SELECT 1 FROM provider_objects WHERE cluster_id = @cluster AND object_id = @object", ("@cluster", clusterId), ("@object", objectId));
        return await command.ExecuteScalarAsync(cancel) is not null;
    }

    /// <summary>It will not be asked for again. Its hold, no longer renewed, runs out and is charged by presumption.</summary>
    public async Task GiveUpAsync(DeferredItem item, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement(
            "UPDATE provider_objects SET state = 2, closed_at = @now WHERE cluster_id = @cluster AND object_id = @object AND state = 1",
            ("@now", time.GetUtcNow().ToUnixTimeMilliseconds()), ("@cluster", item.ClusterId), ("@object", item.ObjectId));
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<List<(DeferredItem Item, long SeenAt)>> DueAsync(DbConnection connection, long now, int atMost, CancellationToken cancel)
    {
        await using var command = connection.Statement($"{Select} AND o.next_look_at <= @now ORDER BY o.next_look_at", ("@now", now));
        return await command.FirstAsync(atMost, row => (Item(row), row.GetInt64(11)), cancel);
    }

    private static DeferredItem Item(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), new HoldId(row.GetString(2), row.GetString(3)), row.GetString(4), row.GetString(5),
        row.IsDBNull(6) ? null : row.GetString(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9), row.IsDBNull(10) ? null : row.GetString(10));

    private async Task<bool> PutOffAsync(DbConnection connection, DeferredItem item, long seenAt, long now, CancellationToken cancel)
    {
        var pause = Math.Clamp((now - item.BegunAtMs) / LooksPerAge, ShortestPauseMs, _longestPauseMs);
        await using var command = connection.Statement(
            """
            UPDATE provider_objects SET next_look_at = @next, looks = looks + 1
            WHERE cluster_id = @cluster AND object_id = @object AND state = 1 AND next_look_at = @seen
            """,
            ("@next", now + pause), ("@cluster", item.ClusterId), ("@object", item.ObjectId), ("@seen", seenAt));
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }
}
