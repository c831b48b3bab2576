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
    public Task<DbConnection> OpenAsync(CancellationToken cancel) => Connections.OpenAsync(Make(), OpenAsync, cancel);

    /// <exception cref="DbException">It cannot be reached.</exception>
    public static async Task OpenAsync(DbConnection connection, CancellationToken cancel)
    {
        try
        {
            await connection.OpenAsync(cancel);
        }
        catch (InvalidOperationException exhausted)
        {
            // The driver's word for a pool of which every connection is in use.
            throw new SqlServerBusyException(exhausted.Message, exhausted);
        }
    }

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
    // Whoever waits for a key or a balance is refused within two seconds where there is no database.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1500);

    public override Task<DbConnection> OpenAsync(CancellationToken cancel) => OpenAsync(source.Make(), OpenSoonAsync, cancel);

    /// <exception cref="DbException">It cannot be reached, or not within our patience.</exception>
    public static async Task OpenSoonAsync(DbConnection connection, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            await SqlServerSource.OpenAsync(connection, patience.Token);
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new SqlServerBusyException("The database did not answer in time.", late);
        }
    }

    public override bool IsDuplicate(DbException error) => SqlServerFaults.IsDuplicate(error);
}

/// <summary>No connection is to be had now.</summary>
internal sealed class SqlServerBusyException(string message, Exception inner) : DbException(message, inner);
