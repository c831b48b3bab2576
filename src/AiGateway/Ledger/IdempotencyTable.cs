using System.Data.Common;
using AiGateway.Storage;

namespace AiGateway.Ledger;

/// <summary>A key's row as a repeat finds it.</summary>
internal sealed record KeptRow(byte[] BodyHash, KeptState State, string RequestId, long ExpiresAt, long CreatedAt, KeptAnswer? Answer);

/// <summary>The state column of idempotent_answers.</summary>
internal enum KeptState { Running = 0, Kept = 1, TooLarge = 2 }

/// <summary>
/// The statements on idempotent_answers: short transactions of one statement each, away from the ledger's writer, because an answer of
/// a megabyte must not sit in the batch that a thousand holds wait for. All of them throw DbException.
/// </summary>
internal sealed class IdempotencyTable(Connections database) : IDisposable
{
    // One writer at a time: SQLite has room for one, and whoever waits here does not hold a thread while it waits.
    private readonly SemaphoreSlim _writing = new(1);

    public async Task<KeptRow?> FindAsync(IdempotencyClaim claim, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement(
            "SELECT body_hash, state, request_id, expires_at, created_at, status, headers, body FROM idempotent_answers WHERE user_id = @user AND key_hash = @key",
            ("@user", claim.UserId), ("@key", claim.KeyHash));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Row(reader) : null;
    }

    /// <returns>False: somebody else's row is there.</returns>
    public async Task<bool> InsertAsync(IdempotencyClaim claim, long now, long expiresAt, CancellationToken cancel) =>
        await WriteAsync(
            """
            INSERT INTO idempotent_answers (user_id, key_hash, body_hash, state, request_id, expires_at, created_at, status)
            SELECT @user, @key, @body, 0, @request, @expires, @now, 0
            WHERE NOT EXISTS (SELECT 1 FROM idempotent_answers WHERE user_id = @user AND key_hash = @key)
            """,
            cancel, ("@user", claim.UserId), ("@key", claim.KeyHash), ("@body", claim.BodyHash), ("@request", claim.RequestId), ("@expires", expiresAt), ("@now", now)) == 1;

    /// <summary>Claims a row whose call died, or whose day is over.</summary>
    /// <returns>False: it is no longer as it was found.</returns>
    public async Task<bool> TakeOverAsync(IdempotencyClaim claim, KeptRow found, long now, long expiresAt, CancellationToken cancel) =>
        await WriteAsync(
            """
            UPDATE idempotent_answers
            SET body_hash = @body, state = 0, request_id = @request, expires_at = @expires, created_at = @now, status = 0, headers = NULL, body = NULL
            WHERE user_id = @user AND key_hash = @key AND request_id = @was AND state = @state AND expires_at = @until
            """,
            cancel, ("@body", claim.BodyHash), ("@request", claim.RequestId), ("@expires", expiresAt), ("@now", now),
            ("@user", claim.UserId), ("@key", claim.KeyHash), ("@was", found.RequestId), ("@state", (int)found.State), ("@until", found.ExpiresAt)) == 1;

    /// <returns>False: the claim was lost.</returns>
    public async Task<bool> RenewAsync(IdempotencyClaim claim, long expiresAt, CancellationToken cancel) =>
        await WriteAsync("UPDATE idempotent_answers SET expires_at = @expires" + OwnClaim, cancel, [("@expires", expiresAt), .. Own(claim)]) == 1;

    /// <param name="answer">Null: too large to keep.</param>
    /// <returns>False: the claim was lost.</returns>
    public async Task<bool> KeepAsync(IdempotencyClaim claim, KeptAnswer? answer, CancellationToken cancel) =>
        await (answer is null
            ? WriteAsync("UPDATE idempotent_answers SET state = 2" + OwnClaim, cancel, Own(claim))
            : WriteAsync(
                "UPDATE idempotent_answers SET state = 1, status = @status, headers = @headers, body = @answer" + OwnClaim,
                cancel, [("@status", answer.Status), ("@headers", answer.Headers), ("@answer", answer.Body), .. Own(claim)])) == 1;

    /// <returns>False: the claim was lost.</returns>
    public async Task<bool> FreeAsync(IdempotencyClaim claim, CancellationToken cancel) =>
        await WriteAsync("DELETE FROM idempotent_answers" + OwnClaim, cancel, Own(claim)) == 1;

    /// <summary>Deletes about as many of the oldest rows as asked for, and no younger than the bound.</summary>
    /// <returns>How many went.</returns>
    public async Task<int> PurgeAsync(long createdUntil, int atMost, CancellationToken cancel)
    {
        var last = await LastOfOldestAsync(createdUntil, atMost, cancel);
        return last is null ? 0 : await WriteAsync("DELETE FROM idempotent_answers WHERE created_at <= @last", cancel, ("@last", last));
    }

    public void Dispose() => _writing.Dispose();

    private const string OwnClaim = " WHERE user_id = @user AND key_hash = @key AND request_id = @request AND state = 0";

    private static (string, object?)[] Own(IdempotencyClaim claim) =>
        [("@user", claim.UserId), ("@key", claim.KeyHash), ("@request", claim.RequestId)];

    /// <summary>Bounds a purge by a time instead of a count, which every engine writes differently.</summary>
    private async Task<long?> LastOfOldestAsync(long createdUntil, int atMost, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("SELECT created_at FROM idempotent_answers WHERE created_at <= @until ORDER BY created_at", ("@until", createdUntil));
        return (await command.FirstAsync(atMost, row => (long?)row.GetInt64(0), cancel)).LastOrDefault();
    }

    private async Task<int> WriteAsync(string sql, CancellationToken cancel, params (string, object?)[] parameters)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            await using var connection = await database.OpenAsync(cancel);
            await using var command = connection.Statement(sql, parameters);
            return await command.ExecuteNonQueryAsync(cancel);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static KeptRow Row(DbDataReader row)
    {
        var state = (KeptState)row.GetInt32(1);
        var answer = state == KeptState.Kept ? new KeptAnswer(row.GetInt32(5), row.GetString(6), row.GetFieldValue<byte[]>(7)) : null;
        return new KeptRow(row.GetFieldValue<byte[]>(0), state, row.GetString(2), row.GetInt64(3), row.GetInt64(4), answer);
    }
}
