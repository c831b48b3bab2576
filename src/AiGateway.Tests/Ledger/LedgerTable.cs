using Microsoft.Data.Sqlite;

namespace AiGateway.Tests.Ledger;

/// <summary>Looks into the file beside the ledger, and changes it where a test plants a fault.</summary>
internal sealed class LedgerTable(string path)
{
    public long Number(string sql) => Convert.ToInt64(Scalar(sql));

    public string Text(string sql) => Convert.ToString(Scalar(sql)) ?? "";

    public void Run(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Rows as "a|b|c", one a line.</summary>
    public string Rows(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
            lines.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : reader.GetValue(i))));
        return string.Join('\n', lines);
    }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    private object? Scalar(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
