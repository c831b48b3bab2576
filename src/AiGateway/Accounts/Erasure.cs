using System.Data.Common;
using System.Security.Cryptography;
using AiGateway.Storage;

namespace AiGateway.Accounts;

internal enum ErasureOutcome
{
    Erased,
    UnknownUser,
    /// <summary>A subscription goes on charging this person: it is ended first.</summary>
    SubscriptionRuns,
    /// <summary>Calls are under way; they end by themselves.</summary>
    CallsRun,
}

/// <param name="Pseudonym">The account's new user id, which nothing leads back from; null where nothing was erased.</param>
internal sealed record ErasureAnswer(ErasureOutcome Outcome, string? Pseudonym = null);

/// <summary>
/// Forgets a person and keeps the figures: wherever the user's id stands it is replaced by a pseudonym made of chance, and what apps and
/// Stripe wrote about him goes. All in one transaction, and for good. It is the one operation that changes rows of the ledger, and it
/// changes no number in them.
/// </summary>
internal sealed class Erasure(Connections database, KeyListVersion version, TimeProvider time)
{
    private const int PseudonymDigits = 24;

    /// <summary>Tables that name the user. The account itself comes before them, so that locks are taken in the ledger's order.</summary>
    private static readonly string[] Naming = ["token_transactions", "api_keys", "stripe_customers", "subscriptions", "purchases", "payments"];

    private static readonly string[] LiveSubscriptions = ["active", "trialing", "past_due"];

    /// <summary>Erases a user whose account has been suspended, so that nothing begins meanwhile.</summary>
    public async Task<ErasureAnswer> EraseAsync(string userId, CancellationToken cancel)
    {
        await using (var connection = await database.OpenAsync(cancel))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var run = new Statement(connection, transaction, userId, $"erased-{RandomNumberGenerator.GetHexString(PseudonymDigits, lowercase: true)}", cancel);
            if (await ObstacleAsync(run) is { } obstacle)
                return new ErasureAnswer(obstacle);
            await ReplaceAsync(run);
            await transaction.CommitAsync(cancel);
            await version.LookAsync(cancel);
            return new ErasureAnswer(ErasureOutcome.Erased, run.Pseudonym);
        }
    }

    /// <returns>Null: nothing is in the way.</returns>
    public async Task<ErasureOutcome?> ObstacleAsync(string userId, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        return await ObstacleAsync(new Statement(connection, null, userId, "", cancel));
    }

    private static async Task<ErasureOutcome?> ObstacleAsync(Statement run)
    {
        if (await run.NumberAsync("SELECT count(*) FROM accounts WHERE user_id = @user") == 0)
            return ErasureOutcome.UnknownUser;
        if (await run.NumberAsync($"SELECT count(*) FROM subscriptions WHERE user_id = @user AND status IN ('{string.Join("', '", LiveSubscriptions)}')") > 0)
            return ErasureOutcome.SubscriptionRuns;
        return await run.NumberAsync("SELECT count(*) FROM token_holds h JOIN accounts a ON a.id = h.account_id WHERE a.user_id = @user AND h.state < 2") > 0
            ? ErasureOutcome.CallsRun : null;
    }

    private async Task ReplaceAsync(Statement run)
    {
        // What Stripe sent names the person by our id or by its customer; both go while the links are still there.
        foreach (var customer in await run.TextsAsync("SELECT customer_id FROM stripe_customers WHERE user_id = @user"))
            await ForgetEventsAsync(run, customer);
        await ForgetEventsAsync(run, run.UserId);
        await run.Async("UPDATE accounts SET user_id = @pseudonym WHERE user_id = @user");
        const string ofAccount = "account_id = (SELECT id FROM accounts WHERE user_id = @pseudonym)";
        await run.Async($"UPDATE token_holds SET metadata = NULL WHERE {ofAccount}");
        await run.Async($"UPDATE token_transactions SET metadata = NULL WHERE {ofAccount}");
        // The line of what was asked ends with the user's id. A repeat is told of a conflict now, and still changes nothing.
        await run.Async($"UPDATE source_keys SET fingerprint = 'erased' WHERE {ofAccount}");
        foreach (var table in Naming)
            await run.Async($"UPDATE {table} SET user_id = @pseudonym WHERE user_id = @user");
        await run.Async("UPDATE api_keys SET name = 'erased', revoked_at = COALESCE(revoked_at, @now) WHERE user_id = @pseudonym", ("@now", time.GetUtcNow().ToUnixTimeMilliseconds()));
        await run.Async("DELETE FROM idempotent_answers WHERE user_id = @user");
        await run.Async("UPDATE alerts SET subject = @pseudonym, message = 'About a person who was erased.' WHERE subject = @user");
        await run.Async(KeyListVersion.RaiseSql);
    }

    /// <summary>An event's payload may hold name, mail and address. Its id and type stay: a repeat of it is still known.</summary>
    private static Task ForgetEventsAsync(Statement run, string naming) => run.Async(
        "UPDATE stripe_events SET payload = '{}', state = CASE WHEN state = 1 THEN 1 ELSE 3 END, customer_id = NULL, note = 'its person was erased' WHERE payload LIKE @naming ESCAPE '!'",
        ("@naming", $"%\"{Escaped(naming)}\"%"));

    private static string Escaped(string text) => System.Text.Json.JsonEncodedText.Encode(text).ToString()
        .Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal).Replace("[", "![", StringComparison.Ordinal);

    /// <summary>Statements of one transaction about one person.</summary>
    private sealed record Statement(DbConnection Connection, DbTransaction? Transaction, string UserId, string Pseudonym, CancellationToken Cancel)
    {
        public async Task Async(string sql, params (string, object?)[] more)
        {
            await using var command = Command(sql, more);
            await command.ExecuteNonQueryAsync(Cancel);
        }

        public async Task<long> NumberAsync(string sql)
        {
            await using var command = Command(sql, []);
            return Convert.ToInt64(await command.ExecuteScalarAsync(Cancel), System.Globalization.CultureInfo.InvariantCulture);
        }

        public async Task<IReadOnlyList<string>> TextsAsync(string sql)
        {
            await using var command = Command(sql, []);
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            var texts = new List<string>();
            while (await reader.ReadAsync(Cancel))
                texts.Add(reader.GetString(0));
            return texts;
        }

        private DbCommand Command(string sql, (string, object?)[] more)
        {
            var command = Connection.Statement(sql, [("@user", UserId), ("@pseudonym", Pseudonym), .. more]);
            command.Transaction = Transaction;
            return command;
        }
    }
}
