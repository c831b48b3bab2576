using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AiGateway.Storage;

/// <summary>
/// One statement, compiled once a connection. It goes below the ADO layer because that one waits 150 ms at each sign of a lock
/// and compiles or allocates on every call; a settle runs four statements.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    /// <summary>Texts of the call path are ids and names; what is longer (metadata) is rented for.</summary>
    private const int ShortText = 384;

    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;
    private readonly nint _handle;
    private int _bound;

    public SqliteStatement(sqlite3 db, string sql)
    {
        _db = db;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(db, sql, out _statement), db);
        _handle = _statement.DangerousGetHandle();
    }

    public SqliteStatement Bind(long value)
    {
        Check(SqliteNative.BindLong(_handle, ++_bound, value));
        return this;
    }

    public SqliteStatement Bind(bool value) => Bind(value ? 1 : 0);

    public SqliteStatement Bind(long? value) => value is { } number ? Bind(number) : BindNull();

    public SqliteStatement Bind(string? value)
    {
        if (value is null)
            return BindNull();
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (most <= ShortText)
        {
            Span<byte> utf8 = stackalloc byte[ShortText];
            return BindUtf8(utf8[..Encoding.UTF8.GetBytes(value, utf8)]);
        }
        var rented = ArrayPool<byte>.Shared.Rent(most);
        BindUtf8(rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented)));
        ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>As the framework's own provider writes one: in capitals.</summary>
    public SqliteStatement Bind(Guid value)
    {
        Span<byte> text = stackalloc byte[36];
        Utf8Formatter.TryFormat(value, text, out var length);
        Ascii.ToUpperInPlace(text[..length], out _);
        return BindUtf8(text[..length]);
    }

    /// <summary>As text, because a floating point number would round it.</summary>
    public SqliteStatement Bind(decimal value)
    {
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        return BindUtf8(text[..length]);
    }

    /// <returns>True while there is a row; after the last one the statement is ready to be bound again.</returns>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        Reset();
        if (code != raw.SQLITE_DONE)
            SqliteException.ThrowExceptionForRC(code, _db);
        return false;
    }

    /// <summary>Runs a statement that returns nothing, or whose further rows are not wanted.</summary>
    public void Run()
    {
        if (Step())
            Reset();
    }

    public void Reset()
    {
        _bound = 0;
        // The code repeats the failure of the step before it, which Step reports itself.
        _ = raw.sqlite3_reset(_statement);
    }

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int(int column) => raw.sqlite3_column_int(_statement, column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public void Dispose() => _statement.Dispose();

    private SqliteStatement BindNull()
    {
        Check(SqliteNative.BindNull(_handle, ++_bound));
        return this;
    }

    private unsafe SqliteStatement BindUtf8(ReadOnlySpan<byte> text)
    {
        fixed (byte* start = text)
        {
            // Of an empty span the address is null, which would bind NULL.
            byte nothing;
            Check(SqliteNative.BindText(_handle, ++_bound, start is null ? &nothing : start, text.Length, SqliteNative.Transient));
        }
        return this;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(code, _db);
    }

    private bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;
}
