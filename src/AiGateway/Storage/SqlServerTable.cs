using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AiGateway.Storage;

/// <summary>How a column travels to the server.</summary>
internal enum ColumnUse
{
    /// <summary>Finds the row.</summary>
    Key,
    /// <summary>Written once.</summary>
    Fixed,
    /// <summary>Written again with each change.</summary>
    Changing,
}

/// <param name="Type">As OPENJSON shall read it. Text is declared longer than its column, so that one too long is an error and is not cut.</param>
internal sealed record SqlServerColumn<TRow>(string Name, string Type, ColumnUse Use, Action<Utf8JsonWriter, TRow> Write);

/// <summary>
/// One table as the ledger writes it: rows go as one JSON text, whatever their number, so that a batch is one statement a table.
/// Plain T-SQL: no MERGE, no table types that would have to be made first.
/// </summary>
internal sealed class SqlServerTable<TRow>(string name, params SqlServerColumn<TRow>[] columns)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Name => name;

    /// <summary>The columns in their order, for readers.</summary>
    public string Columns(string alias) => List(column => $"{alias}.{column.Name}");

    /// <summary>A rowset of the JSON text in a parameter.</summary>
    public string Rows(string parameter, string alias) =>
        $"OPENJSON({parameter}) WITH ({string.Join(", ", columns.Select((column, i) => $"{column.Name} {column.Type} '$[{i}]'"))}) AS {alias}";

    public string Insert(string parameter) =>
        $"INSERT INTO {name} ({List(column => column.Name)}) SELECT {Columns("j")} FROM {Rows(parameter, "j")};";

    /// <summary>Inserts those that are not there.</summary>
    public string InsertMissing(string parameter) =>
        $"INSERT INTO {name} ({List(column => column.Name)}) SELECT {Columns("j")} FROM {Rows(parameter, "j")} WHERE NOT EXISTS (SELECT 1 FROM {name} AS t WHERE {OnKey("t", "j")});";

    /// <summary>Writes what changes; the row was read under its account's lock, so it must be there.</summary>
    public string Update(string parameter, string count) =>
        $"""
        UPDATE t SET {string.Join(", ", Changing.Select(column => $"{column.Name} = j.{column.Name}"))}
        FROM {Rows(parameter, "j")} INNER JOIN {name} AS t ON {OnKey("t", "j")};
        IF @@ROWCOUNT <> {count} THROW {SqlServerFaults.MissingRow}, N'{name}: a row to be changed is missing.', 1;
        """;

    /// <summary>Adds what changes to rows that are there.</summary>
    public string Add(string parameter) =>
        $"""
        UPDATE t SET {string.Join(", ", Changing.Select(column => $"{column.Name} = t.{column.Name} + j.{column.Name}"))}
        FROM {Rows(parameter, "j")} INNER JOIN {name} AS t ON {OnKey("t", "j")};
        """;

    /// <summary>The database's own collation must not have a say in what is equal.</summary>
    public string OnKey(string table, string json) => string.Join(" AND ", columns.Where(column => column.Use == ColumnUse.Key)
        .Select(column => $"{table}.{column.Name} = {json}.{column.Name}{(column.Type.StartsWith('n') ? $" COLLATE {SqlServerDb.Collation}" : "")}"));

    public string Json(IEnumerable<TRow> rows)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                json.WriteStartArray();
                foreach (var column in columns)
                    column.Write(json, row);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private IEnumerable<SqlServerColumn<TRow>> Changing => columns.Where(column => column.Use == ColumnUse.Changing);

    private string List(Func<SqlServerColumn<TRow>, string> text) => string.Join(", ", columns.Select(text));
}

/// <summary>Columns by the type of their values.</summary>
internal static class SqlServerColumns<TRow>
{
    private const string Short = "nvarchar(4000)", Long = "nvarchar(max)";

    public static SqlServerColumn<TRow> Key(string name, Func<TRow, long> value) => new(name, "bigint", ColumnUse.Key, (json, row) => json.WriteNumberValue(value(row)));

    public static SqlServerColumn<TRow> Key(string name, Func<TRow, int> value) => new(name, "int", ColumnUse.Key, (json, row) => json.WriteNumberValue(value(row)));

    public static SqlServerColumn<TRow> Key(string name, Func<TRow, string> value) => new(name, Short, ColumnUse.Key, (json, row) => json.WriteStringValue(value(row)));

    public static SqlServerColumn<TRow> Number(string name, Func<TRow, long?> value, ColumnUse use = ColumnUse.Fixed) => new(name, "bigint", use, (json, row) => Write(json, value(row)));

    public static SqlServerColumn<TRow> Small(string name, Func<TRow, int> value, ColumnUse use = ColumnUse.Fixed) => new(name, "int", use, (json, row) => json.WriteNumberValue(value(row)));

    public static SqlServerColumn<TRow> Flag(string name, Func<TRow, bool> value, ColumnUse use = ColumnUse.Fixed) => new(name, "bit", use, (json, row) => json.WriteBooleanValue(value(row)));

    public static SqlServerColumn<TRow> Text(string name, Func<TRow, string?> value, bool isLong = false) =>
        new(name, isLong ? Long : Short, ColumnUse.Fixed, (json, row) => json.WriteStringValue(value(row)));

    public static SqlServerColumn<TRow> Of(string name, string type, Action<Utf8JsonWriter, TRow> write) => new(name, type, ColumnUse.Fixed, write);

    private static void Write(Utf8JsonWriter json, long? value)
    {
        if (value is { } number)
            json.WriteNumberValue(number);
        else
            json.WriteNullValue();
    }
}
