using System.Collections;
using System.Data.Common;
using System.Globalization;

namespace AiGateway.Tests.Storage.TSql;

/// <summary>Results as SQL Server's driver gives them: a getter of another type than the column's is refused, where the driver would refuse it.</summary>
internal sealed class TSqlReader(IReadOnlyList<TSqlResult> results, int changed, DbConnection? closes) : DbDataReader
{
    private int _result, _row = -1;
    private bool _closed;

    private TSqlResult? Now => _result < results.Count ? results[_result] : null;

    public override int FieldCount => Now?.Names.Count ?? 0;

    public override bool HasRows => Now?.Rows.Count > 0;

    public override bool IsClosed => _closed;

    public override int RecordsAffected => changed;

    public override int Depth => 0;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    public override bool Read() => ++_row < (Now?.Rows.Count ?? 0);

    public override bool NextResult()
    {
        (_result, _row) = (_result + 1, -1);
        return Now is not null;
    }

    public override void Close()
    {
        _closed = true;
        closes?.Close();
    }

    public override bool IsDBNull(int ordinal) => Raw(ordinal) is null;

    public override bool GetBoolean(int ordinal) => Long(ordinal, "bit") != 0;

    public override byte GetByte(int ordinal) => checked((byte)Long(ordinal, "tinyint"));

    public override short GetInt16(int ordinal) => checked((short)Long(ordinal, "smallint"));

    public override int GetInt32(int ordinal) => checked((int)Long(ordinal, "int"));

    public override long GetInt64(int ordinal) => Long(ordinal, "bigint");

    public override string GetString(int ordinal)
    {
        Demand(ordinal, "nvarchar");
        return (string)Some(ordinal);
    }

    public override decimal GetDecimal(int ordinal)
    {
        Demand(ordinal, "decimal");
        // As decimal(10,6) comes: with all six places.
        return Convert.ToDecimal(Some(ordinal), CultureInfo.InvariantCulture) + 0.000000m;
    }

    public override DateTime GetDateTime(int ordinal)
    {
        Demand(ordinal, "datetime2");
        // The driver does not know of zones.
        return DateTime.ParseExact((string)Some(ordinal), AiGateway.Storage.SqliteDb.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) is var at
            ? DateTime.SpecifyKind(at, DateTimeKind.Unspecified) : default;
    }

    public override Guid GetGuid(int ordinal)
    {
        Demand(ordinal, "uniqueidentifier");
        return Guid.Parse((string)Some(ordinal));
    }

    public override double GetDouble(int ordinal) => throw new InvalidCastException("No column of ours is a float.");

    public override float GetFloat(int ordinal) => throw new InvalidCastException("No column of ours is a float.");

    public override T GetFieldValue<T>(int ordinal)
    {
        object value = typeof(T) switch
        {
            var t when t == typeof(byte[]) => (byte[])Some(ordinal),
            var t when t == typeof(int) => GetInt32(ordinal),
            var t when t == typeof(long) => GetInt64(ordinal),
            var t when t == typeof(bool) => GetBoolean(ordinal),
            var t when t == typeof(string) => GetString(ordinal),
            var t when t == typeof(decimal) => GetDecimal(ordinal),
            var t when t == typeof(DateTime) => GetDateTime(ordinal),
            var t when t == typeof(Guid) => GetGuid(ordinal),
            var other => throw new NotSupportedException($"GetFieldValue<{other.Name}>"),
        };
        return (T)value;
    }

    public override object GetValue(int ordinal) => Raw(ordinal) is null ? DBNull.Value : Now?.Types.ElementAtOrDefault(ordinal) switch
    {
        "bit" => GetBoolean(ordinal),
        "int" => GetInt32(ordinal),
        "decimal" => GetDecimal(ordinal),
        "datetime2" => GetDateTime(ordinal),
        "uniqueidentifier" => GetGuid(ordinal),
        _ => Some(ordinal),
    };

    public override int GetValues(object[] values)
    {
        for (var i = 0; i < FieldCount; i++)
            values[i] = GetValue(i);
        return FieldCount;
    }

    public override string GetName(int ordinal) => Now?.Names[ordinal] ?? throw new InvalidOperationException("There is no result.");

    public override int GetOrdinal(string name) => Now?.Names.ToList().FindIndex(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var at
        ? at : throw new IndexOutOfRangeException(name);

    public override string GetDataTypeName(int ordinal) => Now?.Types.ElementAtOrDefault(ordinal) ?? "sql_variant";

    public override Type GetFieldType(int ordinal) => GetDataTypeName(ordinal) switch
    {
        "bigint" => typeof(long),
        "int" => typeof(int),
        "bit" => typeof(bool),
        "nvarchar" => typeof(string),
        "decimal" => typeof(decimal),
        "datetime2" => typeof(DateTime),
        "uniqueidentifier" => typeof(Guid),
        "varbinary" => typeof(byte[]),
        _ => typeof(object),
    };

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    public override char GetChar(int ordinal) => throw new NotSupportedException();

    public override IEnumerator GetEnumerator() => new DbEnumerator(this);

    private long Long(int ordinal, string type)
    {
        Demand(ordinal, type);
        return Some(ordinal) switch
        {
            long number => number,
            // A sum of tokens divided: SQLite makes no other number of whole ones.
            var other => throw new InvalidCastException($"{GetName(ordinal)} is a {other.GetType().Name}."),
        };
    }

    private void Demand(int ordinal, string type)
    {
        if (Now?.Types.ElementAtOrDefault(ordinal) is { } real && real != type && !(type == "nvarchar" && real is "varchar" or "nchar"))
            throw new InvalidCastException($"{GetName(ordinal)} is {real} and was asked for as {type}: SQL Server's driver refuses that.");
    }

    private object? Raw(int ordinal) => Now is { } now && _row >= 0 && _row < now.Rows.Count ? now.Rows[_row][ordinal] : throw new InvalidOperationException("No row is read.");

    private object Some(int ordinal) => Raw(ordinal) ?? throw new InvalidCastException($"{GetName(ordinal)} is NULL.");
}
