using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace AiGateway.Tests.Storage.TSql;

/// <summary>SQL Server's own parser.</summary>
internal static class TSqlText
{
    /// <exception cref="FormatException">It is no T-SQL.</exception>
    public static TSqlScript Parse(string sql)
    {
        using var reader = new StringReader(sql);
        var script = new TSql160Parser(initialQuotedIdentifiers: true).Parse(reader, out var errors);
        return errors.Count == 0
            ? (TSqlScript)script
            : throw new FormatException($"SQL Server's parser refuses this ({string.Join("; ", errors.Select(error => $"{error.Line}: {error.Message}"))}):\n{sql}");
    }
}
