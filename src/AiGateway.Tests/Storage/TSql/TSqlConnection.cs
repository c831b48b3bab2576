using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace AiGateway.Tests.Storage.TSql;

/// <summary>A connection to a <see cref="TSqlServer"/>.</summary>
internal sealed class TSqlConnection(TSqlServer server, string connectionString) : DbConnection
{
    private readonly int _cuts = server.Cuts;
    private SqliteConnection? _inner;

    public TSqlServer Server => server;

    public SqliteConnection Inner => _inner ?? throw new InvalidOperationException("The connection is closed.");

    [AllowNull]
    public override string ConnectionString { get; set; } = connectionString;

    public override string Database => "ledger";

    public override string DataSource => "recorded";

    // SQL Server 2022.
    public override string ServerVersion => "16.00.1000";

    public override ConnectionState State => _inner is null ? ConnectionState.Closed : ConnectionState.Open;

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (server.Absence == TSqlAbsence.Silent)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        await base.OpenAsync(cancellationToken);
    }

    public override void Open()
    {
        if (server.Absence == TSqlAbsence.PoolIsUsedUp)
            throw new InvalidOperationException("Timeout expired. All pooled connections were in use and max pool size was reached.");
        var catalog = new SqlConnectionStringBuilder(ConnectionString).InitialCatalog;
        if (server.Databases is { } there && catalog != "master" && !there.ContainsKey(catalog))
            throw new TSqlException(TSqlException.CannotOpen, $"Cannot open database \"{catalog}\".");
        // A file that went away stays away, unless making databases is what is tried.
        var mode = server.Databases is null ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadWriteCreate;
        _inner = new SqliteConnection($"Data Source={server.Path};Pooling=False;Default Timeout=5;Mode={mode}");
        _inner.Open();
        _inner.CreateFunction("next_value", (string sequence) => server.NextValue(sequence));
        _inner.CreateFunction("setting", (string name) => server.Settings.GetValueOrDefault(name));
    }

    public override void Close()
    {
        _inner?.Dispose();
        _inner = null;
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel)
    {
        server.NoteRequest();
        if (_cuts != server.Cuts)
            throw new TSqlException(TSqlException.ConnectionLost, "An existing connection was forcibly closed by the remote host.");
        return new TSqlTransaction(this, Inner.BeginTransaction(deferred: isolationLevel == IsolationLevel.Snapshot), isolationLevel);
    }

    protected override DbCommand CreateDbCommand() => new TSqlCommand { Connection = this };

    protected override void Dispose(bool disposing)
    {
        Close();
        base.Dispose(disposing);
    }
}

internal sealed class TSqlTransaction(TSqlConnection connection, SqliteTransaction inner, IsolationLevel level) : DbTransaction
{
    public override IsolationLevel IsolationLevel => level;

    protected override DbConnection DbConnection => connection;

    public override void Commit()
    {
        connection.Server.NoteRequest();
        inner.Commit();
    }

    public override void Rollback() => inner.Rollback();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
