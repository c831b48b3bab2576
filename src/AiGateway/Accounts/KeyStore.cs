using System.Data.Common;
using AiGateway.Storage;

namespace AiGateway.Accounts;

/// <summary>A key as it is listed: never its secret.</summary>
/// <param name="Models">Which models it is for; empty: all.</param>
internal sealed record KeyInfo(string Id, KeyKind Kind, string? UserId, string Name, long CreatedAt, long? ExpiresAt, long? RevokedAt, IReadOnlyList<string> Models);

/// <summary>Makes, lists, rotates and revokes keys.</summary>
internal sealed class KeyStore(Connections database, KeyListVersion version, TimeProvider time)
{
    /// <returns>The whole key, which is shown once and kept nowhere.</returns>
    public Task<ApiKey> MakeAsync(KeyKind kind, string? userId, string name, DateTimeOffset? expiresAt, CancellationToken cancel, IReadOnlyList<string>? models = null) =>
        SaveAsync(KeyMaker.Make(kind), userId, name, expiresAt?.ToUnixTimeMilliseconds(), cancel, models);

    /// <summary>Writes a key that was made elsewhere (the development key, which outlives restarts).</summary>
    public async Task<ApiKey> SaveAsync(ApiKey key, string? userId, string name, long? expiresAt, CancellationToken cancel, IReadOnlyList<string>? models = null)
    {
        await ChangeAsync(
            "INSERT INTO api_keys (id, kind, user_id, name, secret_hash, created_at, expires_at, models) VALUES (@id, @kind, @user, @name, @hash, @now, @expires, @models)",
            cancel, ("@id", key.Id), ("@kind", (int)key.Kind), ("@user", userId), ("@name", name), ("@hash", ApiKey.HashOf(key.Secret)), ("@now", Now), ("@expires", expiresAt),
            ("@models", models is { Count: > 0 } ? string.Join(',', models) : null));
        return key;
    }

    /// <summary>Writes the key unless the list has its id, as another process may just have written it.</summary>
    public async Task SaveIfNewAsync(ApiKey key, string name, CancellationToken cancel)
    {
        if (await FindAsync(key.Id, cancel) is not null)
            return;
        try
        {
            await SaveAsync(key, null, name, null, cancel);
        }
        catch (DbException)
        {
            // Either it is there now, or the failure stands.
            if (await FindAsync(key.Id, cancel) is null)
                throw;
        }
    }

    /// <returns>False: there is no such key, or it was revoked before.</returns>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancel) =>
        await ChangeAsync("UPDATE api_keys SET revoked_at = @now WHERE id = @id AND (revoked_at IS NULL OR revoked_at > @now)", cancel, ("@id", id), ("@now", Now)) > 0;

    /// <summary>A new key beside the old one, which goes on for the overlap.</summary>
    /// <returns>Null: there is no such live key.</returns>
    public async Task<ApiKey?> RotateAsync(string id, TimeSpan overlap, CancellationToken cancel)
    {
        if (await FindAsync(id, cancel) is not { RevokedAt: null } old)
            return null;
        var made = await SaveAsync(KeyMaker.Make(old.Kind), old.UserId, old.Name, old.ExpiresAt, cancel, old.Models);
        await ChangeAsync("UPDATE api_keys SET revoked_at = @at WHERE id = @id", cancel, ("@id", id), ("@at", Now + (long)overlap.TotalMilliseconds));
        return made;
    }

    public async Task<KeyInfo?> FindAsync(string id, CancellationToken cancel) =>
        (await ReadAsync("SELECT id, kind, user_id, name, created_at, expires_at, revoked_at, models FROM api_keys WHERE id = @id", 1, cancel, ("@id", id))).FirstOrDefault();

    public async Task<bool> HasLiveAsync(string name, CancellationToken cancel) =>
        (await ReadAsync("SELECT id, kind, user_id, name, created_at, expires_at, revoked_at, models FROM api_keys WHERE name = @name AND revoked_at IS NULL", 1, cancel, ("@name", name))).Count > 0;

    /// <summary>Keys in the order of their ids, from after the one named.</summary>
    public async Task<IReadOnlyList<KeyInfo>> ListAsync(string? after, int limit, CancellationToken cancel)
    {
        return await ReadAsync("SELECT id, kind, user_id, name, created_at, expires_at, revoked_at, models FROM api_keys WHERE id > @after ORDER BY id",
            limit, cancel, ("@after", after ?? ""));
    }

    /// <summary>One user's keys, the newest first.</summary>
    public async Task<IReadOnlyList<KeyInfo>> OfUserAsync(string userId, int limit, CancellationToken cancel) => await ReadAsync(
        "SELECT id, kind, user_id, name, created_at, expires_at, revoked_at, models FROM api_keys WHERE user_id = @user ORDER BY created_at DESC, id", limit, cancel, ("@user", userId));

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<int> ChangeAsync(string sql, CancellationToken cancel, params (string, object?)[] parameters)
    {
        int changed;
        await using (var connection = await database.OpenAsync(cancel))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            changed = await RunAsync(connection, transaction, sql, parameters, cancel);
            if (await RunAsync(connection, transaction, KeyListVersion.RaiseSql, [], cancel) != 1)
                throw new InvalidOperationException("gateway_state has no key_list_version: the database is not this program's.");
            await transaction.CommitAsync(cancel);
        }
        await version.LookAsync(cancel);
        return changed;
    }

    private static async Task<int> RunAsync(DbConnection connection, DbTransaction transaction, string sql, (string, object?)[] parameters, CancellationToken cancel)
    {
        await using var command = connection.Statement(sql, parameters);
        command.Transaction = transaction;
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<List<KeyInfo>> ReadAsync(string sql, int limit, CancellationToken cancel, params (string, object?)[] parameters)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement(sql, parameters);
        return await command.FirstAsync(limit,
            row => new KeyInfo(row.GetString(0), (KeyKind)row.GetInt32(1), Text(row, 2), row.GetString(3), row.GetInt64(4), Number(row, 5), Number(row, 6), Models(Text(row, 7))), cancel);
    }

    /// <summary>As the table keeps them, with commas between.</summary>
    public static IReadOnlyList<string> Models(string? stored) => stored?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    private static long? Number(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
}
