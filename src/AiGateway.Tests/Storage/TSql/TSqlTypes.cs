using System.Data.Common;
using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Tests.Storage.TSql;

/// <summary>SQL Server's types of parameters and of the tables' columns.</summary>
internal static class TSqlTypes
{
    private static readonly Lazy<IReadOnlyDictionary<(string Table, string Column), string>> Columns = new(Read);

    public static string Of(DbParameter parameter) => parameter.Value switch
    {
        null or DBNull or string => "nvarchar(max)",
        long => "bigint",
        int => "int",
        short => "smallint",
        byte => "tinyint",
        bool => "bit",
        byte[] => "varbinary(max)",
        DateTime when parameter.DbType == System.Data.DbType.DateTime2 => "datetime2(3)",
        DateTime => throw new NotSupportedException($"{parameter.ParameterName} would travel as datetime, whose step is 3 ms."),
        Guid => "uniqueidentifier",
        decimal => "decimal(10,6)",
        var other => throw new NotSupportedException($"{parameter.ParameterName} is a {other.GetType().Name}."),
    };

    /// <returns>The family's name, such as nvarchar; null: there is no such column.</returns>
    public static string? Of(string table, string column) => Columns.Value.GetValueOrDefault((table, column));

    /// <returns>Null: no table has it, or two have it with different types.</returns>
    public static string? OfAny(string column)
    {
        var types = Columns.Value.Where(known => known.Key.Column == column).Select(known => known.Value).Distinct().ToList();
        return types.Count == 1 ? types[0] : null;
    }

    public static string Family(string type) => type.Split('(')[0].ToLowerInvariant();

    private static Dictionary<(string, string), string> Read()
    {
        using var db = new SqlServerDbFactory(new SqlServerSource("Server=unused;Database=unused")).CreateDbContext();
        return db.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties().Select(property =>
            (Key: (entity.GetTableName() ?? "", property.GetColumnName()), Type: Family(property.GetColumnType())))).ToDictionary(column => column.Key, column => column.Type);
    }
}
