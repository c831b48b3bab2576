using System.Data.Common;
using System.Text;
using AiGateway.Storage.Tables;

namespace AiGateway.Storage;

/// <summary>The statement that a batch ends with: writes table by table, account, hold, lot, ledger, key, rollup, note.</summary>
internal static class SqlServerWrite
{
    public static DbCommand Command(DbConnection connection, LedgerChanges changes, int patienceMs)
    {
        var command = connection.CreateCommand();
        var sql = new StringBuilder(SqlServerLoad.Terms(patienceMs));
        // By user id: two nodes that make the same accounts meet in one order.
        Insert(sql, command, SqlServerTables.Accounts, "@new_accounts", [.. changes.NewAccounts.OrderBy(account => account.UserId, StringComparer.Ordinal)]);
        Update(sql, command, SqlServerTables.Accounts, "@accounts", changes.Accounts);
        Insert(sql, command, SqlServerTables.Holds, "@new_holds", changes.NewHolds);
        Update(sql, command, SqlServerTables.Holds, "@holds", changes.Holds);
        Insert(sql, command, SqlServerTables.Lots, "@new_lots", changes.NewLots);
        Update(sql, command, SqlServerTables.Lots, "@lots", changes.Lots);
        Insert(sql, command, SqlServerTables.Entries, "@entries", changes.Entries);
        Insert(sql, command, SqlServerTables.SourceKeys, "@keys", changes.SourceKeys);
        if (changes.Usage.Count > 0)
            Append(sql, command, SqlServerTables.Usage, "@usage", changes.Usage, SqlServerTables.Usage.Add("@usage"), SqlServerTables.Usage.InsertMissing("@usage"));
        Note(sql, command, changes.Objects);
        command.CommandText = sql.ToString();
        return command;
    }

    /// <summary>Notes in the order they were made: a second one on the same object adds to the first.</summary>
    private static void Note(StringBuilder sql, DbCommand command, IReadOnlyCollection<ProviderObjectRow> notes)
    {
        var table = SqlServerTables.Objects;
        var waves = notes.GroupBy(note => (note.ClusterId, note.ObjectId)).SelectMany(group => group.Select((note, wave) => (note, wave)))
            .GroupBy(note => note.wave, note => note.note).OrderBy(wave => wave.Key);
        foreach (var wave in waves)
        {
            var name = $"@objects{wave.Key}";
            Append(sql, command, table, name, [.. wave],
                $"""
                UPDATE t SET state = j.state, request_id = COALESCE(t.request_id, j.request_id), route_id = COALESCE(t.route_id, j.route_id), path = COALESCE(t.path, j.path),
                headers = COALESCE(t.headers, j.headers), next_look_at = j.next_look_at, closed_at = j.closed_at
                FROM {table.Rows(name, "j")} INNER JOIN {table.Name} AS t ON {table.OnKey("t", "j")} WHERE j.state > t.state;
                """,
                table.InsertMissing(name));
        }
    }

    private static void Insert<TRow>(StringBuilder sql, DbCommand command, SqlServerTable<TRow> table, string name, IReadOnlyCollection<TRow> rows)
    {
        if (rows.Count > 0)
            Append(sql, command, table, name, rows, table.Insert(name));
    }

    private static void Update<TRow>(StringBuilder sql, DbCommand command, SqlServerTable<TRow> table, string name, IReadOnlyCollection<TRow> rows)
    {
        if (rows.Count == 0)
            return;
        command.Add($"{name}_count", rows.Count);
        Append(sql, command, table, name, rows, table.Update(name, $"{name}_count"));
    }

    private static void Append<TRow>(StringBuilder sql, DbCommand command, SqlServerTable<TRow> table, string name, IReadOnlyCollection<TRow> rows, params ReadOnlySpan<string> statements)
    {
        command.Add(name, table.Json(rows));
        foreach (var statement in statements)
            sql.AppendLine(statement);
    }
}
