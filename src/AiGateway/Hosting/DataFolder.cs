using AiGateway.Ledger;
using Microsoft.Data.Sqlite;

namespace AiGateway.Hosting;

/// <summary>Where local files of this gateway lie: beside the embedded database, else data/ in the working directory.</summary>
internal static class DataFolder
{
    public static string Of(GatewaySettings settings) => Path.GetDirectoryName(Database(settings.Ledger)) ?? Path.GetFullPath("data");

    /// <summary>Named after its database: two that lie in one folder must not replay each other's charges.</summary>
    public static string SpoolOf(LedgerOptions ledger) => Database(ledger) + "-spool";

    private static string Database(LedgerOptions ledger) => Path.GetFullPath(
        ledger.Provider == LedgerProvider.Sqlite ? new SqliteConnectionStringBuilder(ledger.ConnectionString).DataSource : "data/ledger");
}
