using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AiGateway.Storage;

/// <summary>
/// One statement, compiled once a connection. It goes below the ADO layer because that one waits 150 ms at each sign of a lock
/// and compiles or allocates on every call; a settle runs four statements.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;
    private int _bound;

    public SqliteStatement(sqlite3 db, string sql)
    {
        _db = db;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(db, sql, out _statement), db);
    }

    public SqliteStatement Bind(long value)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_bind_int64(_statement, ++_bound, value), _db);
        return this;
    }

    public SqliteStatement Bind(bool value) => Bind(value ? 1 : 0);

    public SqliteStatement Bind(long? value) => value is { } number ? Bind(number) : BindNull();

    public SqliteStatement Bind(string? value)
    {
        if (value is null)
            return BindNull();
        SqliteException.ThrowExceptionForRC(raw.sqlite3_bind_text(_statement, ++_bound, value), _db);
        return this;
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
        SqliteException.ThrowExceptionForRC(raw.sqlite3_bind_null(_statement, ++_bound), _db);
        return this;
    }

    private bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;
}
