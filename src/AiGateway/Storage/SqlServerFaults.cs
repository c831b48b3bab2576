using System.Data.Common;
using Microsoft.Data.SqlClient;

namespace AiGateway.Storage;

/// <summary>What a server's error number says about what to do next.</summary>
internal static class SqlServerFaults
{
    /// <summary>Deadlock, lock timeout, update conflict, and a key that was free a moment ago (in an index, in a constraint).</summary>
    private static readonly int[] Conflicts = [1205, 1222, 3960, 2601, 2627];

    /// <summary>NULL, constraint, text too long, conversion, overflow: about the rows, whoever brings them.</summary>
    private static readonly int[] Rows = [220, 232, 241, 242, 245, 248, 515, 547, 2628, 8114, 8115, 8152, 8169, 13608, 13609, MissingRow];

    /// <summary>Thrown by our own statements where a row that was read under its lock is not there to be changed.</summary>
    public const int MissingRow = 50001;

    /// <param name="mayBeCommitted">The statement that failed holds the commit: where no answer came, nobody knows.</param>
    public static Exception Translate(DbException error, string doing, bool mayBeCommitted)
    {
        var number = NumberOf(error);
        if (Conflicts.Contains(number))
            return new StoreConflictException($"Another writer came between while {doing} ({number}).", error);
        if (Rows.Contains(number))
            return error;
        return new StoreUnavailableException($"The ledger's database broke off while {doing}: {error.Message}", error)
        {
            // The server's own refusals come with a severity below 20, and undo the transaction; a lost connection or a timeout says nothing.
            CommitIsUnknown = mayBeCommitted && IsUnheard(error),
        };
    }

    /// <summary>A key is taken.</summary>
    public static bool IsDuplicate(DbException error) => NumberOf(error) is 2601 or 2627;

    private static bool IsUnheard(DbException error) => error is not SqlException server || server.Class >= 20 || server.Number == -2;

    public static int NumberOf(DbException error) => error is SqlException server ? server.Number : error.ErrorCode;
}
