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
