using System.Data.Common;
using Microsoft.Data.SqlClient;

namespace AiGateway.Storage;

/// <summary>Where connections to one SQL Server database come from.</summary>
/// <param name="make">Makes an unopened connection of a connection string.</param>
internal sealed class SqlServerSource(string connectionString, Func<string, DbConnection> make)
{
    // A reader would rather be told soon than wait the driver's fifteen seconds.
    private const int ConnectSeconds = 5;

    private readonly string _text = Tuned(connectionString);

    public SqlServerSource(string connectionString) : this(connectionString, text => new SqlConnection(text)) { }

    public DbConnection Make() => make(_text);

    /// <exception cref="DbException">It cannot be reached.</exception>
    public Task<DbConnection> OpenAsync(CancellationToken cancel) => Connections.OpenAsync(Make(), cancel);

    /// <summary>For snapshots: a pooled connection would keep their isolation for whoever has it next.</summary>
    public Task<DbConnection> OpenUnpooledAsync(CancellationToken cancel) => Connections.OpenAsync(make(new SqlConnectionStringBuilder(_text) { Pooling = false }.ToString()), cancel);

    /// <summary>For making the database itself.</summary>
    public Task<DbConnection> OpenMasterAsync(CancellationToken cancel) =>
        Connections.OpenAsync(make(new SqlConnectionStringBuilder(_text) { InitialCatalog = "master" }.ToString()), cancel);

    /// <summary>As written, but for what has no answer in it: pools are bounded by the driver's own default of 100 where no other number is given.</summary>
    private static string Tuned(string text)
    {
        var given = new SqlConnectionStringBuilder(text)
        {
            // The driver would go on failing for up to a minute after the server is back.
            PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock,
            ApplicationName = "AiGateway",
            // We say ourselves what is run again, and when.
            ConnectRetryCount = 0,
        };
        if (!given.ShouldSerialize("Connect Timeout"))
            given.ConnectTimeout = ConnectSeconds;
        return given.ToString();
    }
}

/// <summary>Pooled connections for plain statements.</summary>
internal sealed class SqlServerConnections(SqlServerSource source) : Connections
{
    public override Task<DbConnection> OpenAsync(CancellationToken cancel) => source.OpenAsync(cancel);

    public override bool IsDuplicate(DbException error) => SqlServerFaults.IsDuplicate(error);
}
