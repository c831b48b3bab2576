namespace AiGateway.Ledger;

internal enum LedgerProvider { Sqlite, SqlServer }

/// <param name="ConnectionString">Where the books are kept; a relative SQLite path starts at the working directory.</param>
/// <param name="HoldExpiry">How long a hold lives without a sign of life. Live calls renew theirs at a third of it.</param>
internal sealed record LedgerOptions(LedgerProvider Provider, string ConnectionString, TimeSpan HoldExpiry)
{
    public const string DefaultConnectionString = "Data Source=data/gateway.db";
    public const int DefaultSpoolMaxMegabytes = 64;
    public const int DefaultMaxBatchSize = 42;
    public static readonly TimeSpan DefaultHoldExpiry = TimeSpan.FromMinutes(15);

    public LedgerOptions() : this(LedgerProvider.Sqlite, DefaultConnectionString, DefaultHoldExpiry) { }

    /// <summary>Where charges are kept that the database does not take. Local disk: no network file system.</summary>
    public string SpoolFolder { get; init; } = "data/gateway.db-spool";

    /// <summary>How much one process may keep there; 0: nothing is kept.</summary>
    public int SpoolMaxMegabytes { get; init; } = DefaultSpoolMaxMegabytes;

    /// <summary>How many statements EF sends to SQL Server in one round trip.</summary>
    public int MaxBatchSize { get; init; } = DefaultMaxBatchSize;

    /// <summary>Whether EF may write with OUTPUT on SQL Server.</summary>
    public bool UseSqlOutputClause { get; init; } = true;
}
