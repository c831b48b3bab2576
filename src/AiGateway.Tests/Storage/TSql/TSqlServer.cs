using System.Collections.Concurrent;
using System.Data.Common;

namespace AiGateway.Tests.Storage.TSql;

/// <param name="Text">As it was sent.</param>
/// <param name="Parameters">Name and T-SQL type.</param>
internal sealed record SentStatement(string Text, IReadOnlyList<(string Name, string Type)> Parameters);

/// <summary>
/// Stands in for SQL Server where there is none: what is sent to it goes through SQL Server's own parser, is written down, and is run on a
/// SQLite file after a rewriting that knows the forms we use. It proves what is sent and that it means what it should; it cannot prove
/// locks, plans or isolation, which take a real server.
/// </summary>
internal sealed class TSqlServer(string path)
{
    /// <summary>Everything that any of them was sent in this process, once each.</summary>
    public static readonly ConcurrentDictionary<string, SentStatement> Sent = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, long> _sequences = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _texts = new(StringComparer.Ordinal);
    private int _roundTrips, _cuts;

    public string Path => path;

    /// <summary>Commands and transaction requests that a client waited for.</summary>
    public int RoundTrips => Volatile.Read(ref _roundTrips);

    /// <summary>What this one was sent, once each.</summary>
    public IEnumerable<string> Texts => _texts.Keys;

    /// <summary>What ALTER DATABASE has set.</summary>
    public ConcurrentDictionary<string, bool> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The databases besides master; null: all that anybody asks for are there.</summary>
    public ConcurrentDictionary<string, bool>? Databases { get; init; }

    /// <summary>The login may make and alter no database.</summary>
    public bool RefusesDatabases { get; init; }

    public DbConnection Connect(string connectionString) => new TSqlConnection(this, connectionString);

    public void Note(string sql, DbParameterCollection parameters)
    {
        Interlocked.Increment(ref _roundTrips);
        _texts.TryAdd(sql, true);
        Sent.TryAdd(sql, new SentStatement(sql, [.. parameters.Cast<DbParameter>().Select(p => (p.ParameterName, TSqlTypes.Of(p)))]));
    }

    /// <summary>Takes no new connection: its pool is used up, or it does not answer at all.</summary>
    public TSqlAbsence Absence { get; set; }

    /// <summary>How often the network failed: whatever was open then is dead, and shows it when it is used.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    public void CutConnections() => Interlocked.Increment(ref _cuts);

    public void NoteRequest() => Interlocked.Increment(ref _roundTrips);

    public long NextValue(string sequence) => _sequences.AddOrUpdate(sequence, 1, (_, last) => last + 1);
}

public enum TSqlAbsence { None, PoolIsUsedUp, Silent }

/// <summary>What a server would answer, by its number.</summary>
internal sealed class TSqlException(int number, string message, Exception? inner = null) : DbException(message, inner)
{
    public const int Duplicate = 2627, NullRefused = 515, CheckRefused = 547, LockTimeout = 1222, NoSuchTable = 208, TransactionCount = 266, MayNotMakeDatabases = 262, CannotOpen = 4060, ConnectionLost = 10054;

    public override int ErrorCode => number;
}
