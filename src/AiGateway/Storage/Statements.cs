using System.Data.Common;

namespace AiGateway.Storage;

/// <summary>Plain parameterised statements, written so that every engine takes them.</summary>
internal static class Statements
{
    private const int LongestShortText = 4000;

    public static DbCommand Statement(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Add(name, value);
        return command;
    }

    /// <summary>The first rows. The rest is called off: a server's driver would fetch it all before it lets go of a reader.</summary>
    public static async Task<List<TRow>> FirstAsync<TRow>(this DbCommand command, int atMost, Func<DbDataReader, TRow> read, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<TRow>();
        while (rows.Count < atMost && await reader.ReadAsync(cancel))
            rows.Add(read(reader));
        if (rows.Count == atMost)
            command.Cancel();
        return rows;
    }

    public static void Add(this DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
        // SQL Server makes a plan for each declared length: two lengths are enough.
        if (value is string text)
            parameter.Size = text.Length <= LongestShortText ? LongestShortText : -1;
        command.Parameters.Add(parameter);
    }
}
