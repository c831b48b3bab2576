using System.Data.Common;
using System.Text;
using System.Text.Json;
using AiGateway.Storage.Tables;

namespace AiGateway.Storage;

/// <summary>The statement that a batch begins with: one round trip, whatever the batch's size.</summary>
internal static class SqlServerLoad
{
    private const string Users = "OPENJSON(@users) WITH (user_id nvarchar(4000) '$[0]', lots int '$[1]') AS j";
    private const string Named = $"OPENJSON(@lots) WITH (source_key nvarchar(4000) '$') AS j INNER JOIN token_lots AS l ON l.source_key = j.source_key COLLATE {SqlServerDb.Collation}";
    private const string SameUser = $"a.user_id = j.user_id COLLATE {SqlServerDb.Collation}";

    public static DbCommand Command(DbConnection connection, LedgerNeeds needs, int patienceMs)
    {
        var sql = new StringBuilder(Terms(patienceMs));
        Append(sql, needs);
        var command = connection.Statement(sql.ToString(), ("@users", Json(needs.Users.Select(user => new object[] { user.Key, user.Value ? 1 : 0 }))), ("@now", needs.NowMs));
        if (needs.Holds.Count > 0)
            command.Add("@holds", Json(needs.Holds.Select(hold => new object[] { hold.UserId, hold.RequestId })));
        if (needs.SourceKeys.Count > 0)
            command.Add("@keys", Json(needs.SourceKeys));
        if (needs.Lots.Count > 0)
            command.Add("@lots", Json(needs.Lots));
        // Locks are waited for by the server's own clock; this one is for a server that says nothing.
        command.CommandTimeout = patienceMs / 1000 + 2;
        return command;
    }

    /// <summary>What each statement begins with: a statement with parameters is run as a procedure, and the server forgets behind it what it has set.</summary>
    public static string Terms(int patienceMs) => $"SET NOCOUNT ON; SET XACT_ABORT ON; SET LOCK_TIMEOUT {patienceMs};\n";

    public static async Task<SqlServerRows> ReadAsync(DbCommand command, LedgerNeeds needs, CancellationToken cancel)
    {
        var rows = new SqlServerRows();
        rows.Asked(needs);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await EachAsync(reader, row => rows.Add(SqlServerReads.Account(row), withLots: row.GetInt32(SqlServerReads.AccountColumns) == 1), cancel);
        await NextAsync(reader, row => rows.Add(SqlServerReads.Lot(row)), cancel);
        await NextAsync(reader, row => rows.FreshAccountIds.Enqueue(row.GetInt64(0)), cancel);
        if (needs.Holds.Count > 0)
            await NextAsync(reader, row => rows.Add(SqlServerReads.Hold(row)), cancel);
        if (needs.SourceKeys.Count > 0)
        {
            await NextAsync(reader, row => rows.Add(SqlServerReads.SourceKey(row)), cancel);
            await NextAsync(reader, row => rows.FreshLotIds.Enqueue(row.GetInt64(0)), cancel);
        }
        if (needs.Lots.Count > 0)
            await NextAsync(reader, row => rows.AddNamed(SqlServerReads.Lot(row)), cancel);
        return rows;
    }

    private static void Append(StringBuilder sql, LedgerNeeds needs)
    {
        // 1. Whose accounts these are, read without a lock: neither a user's account nor a lot's ever changes.
        sql.AppendLine("DECLARE @ids TABLE (id bigint NOT NULL PRIMARY KEY, lots int NOT NULL);");
        sql.AppendLine($"INSERT INTO @ids (id, lots) SELECT w.id, MAX(w.lots) FROM (SELECT a.id, j.lots FROM {Users} INNER JOIN accounts AS a ON {SameUser}");
        if (needs.Lots.Count > 0)
            sql.AppendLine($"UNION ALL SELECT l.account_id AS id, 1 AS lots FROM {Named}");
        sql.AppendLine(") AS w GROUP BY w.id;");
        // 2. The locks, by a nested loop over the ids in their order, so that two nodes never wait for each other in a circle.
        sql.AppendLine($"SELECT {SqlServerTables.Accounts.Columns("a")}, CASE WHEN i.lots = 1 OR a.next_due_at <= @now THEN 1 ELSE 0 END AS lots");
        sql.AppendLine("FROM @ids AS i INNER LOOP JOIN accounts AS a WITH (UPDLOCK, ROWLOCK) ON a.id = i.id ORDER BY i.id;");
        // 3. What those locks guard. Each statement sees what was committed before it began, and so all that the locks' holders before us did.
        sql.AppendLine($"SELECT {SqlServerTables.Lots.Columns("l")} FROM @ids AS i INNER JOIN accounts AS a ON a.id = i.id INNER JOIN token_lots AS l ON l.account_id = i.id");
        sql.AppendLine("WHERE (l.remaining > 0 OR l.used_up_before = 0) AND (i.lots = 1 OR a.next_due_at <= @now);");
        // 4. A number for each user who may get an account, and for each key that may make a lot. Unused ones leave gaps.
        sql.AppendLine($"SELECT NEXT VALUE FOR {SqlServerDb.AccountIds} AS id FROM {Users} WHERE NOT EXISTS (SELECT 1 FROM accounts AS a WHERE {SameUser});");
        if (needs.Holds.Count > 0)
        {
            sql.AppendLine($"SELECT {SqlServerTables.Holds.Columns("h")} FROM OPENJSON(@holds) WITH (user_id nvarchar(4000) '$[0]', request_id nvarchar(4000) '$[1]') AS j");
            sql.AppendLine($"INNER JOIN accounts AS a ON {SameUser} INNER JOIN @ids AS i ON i.id = a.id");
            sql.AppendLine($"INNER JOIN token_holds AS h ON h.account_id = a.id AND h.request_id = j.request_id COLLATE {SqlServerDb.Collation};");
        }
        if (needs.SourceKeys.Count > 0)
        {
            sql.AppendLine($"SELECT {SqlServerTables.SourceKeys.Columns("k")} FROM OPENJSON(@keys) WITH (source_key nvarchar(4000) '$') AS j");
            sql.AppendLine($"INNER JOIN source_keys AS k ON k.source_key = j.source_key COLLATE {SqlServerDb.Collation};");
            sql.AppendLine($"SELECT NEXT VALUE FOR {SqlServerDb.LotIds} AS id FROM OPENJSON(@keys) WITH (source_key nvarchar(4000) '$') AS j;");
        }
        if (needs.Lots.Count > 0)
            sql.AppendLine($"SELECT {SqlServerTables.Lots.Columns("l")} FROM {Named};");
    }

    private static async Task NextAsync(DbDataReader reader, Action<DbDataReader> read, CancellationToken cancel)
    {
        if (!await reader.NextResultAsync(cancel))
            throw new InvalidOperationException("The server sent fewer results than were asked for.");
        await EachAsync(reader, read, cancel);
    }

    private static async Task EachAsync(DbDataReader reader, Action<DbDataReader> read, CancellationToken cancel)
    {
        while (await reader.ReadAsync(cancel))
            read(reader);
    }

    private static string Json<T>(IEnumerable<T> values) => JsonSerializer.Serialize(values);
}
